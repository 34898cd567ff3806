using Azure;
using Azure.Storage.Blobs;

namespace PhotoGuard.Records.Blobs;

/// <summary>Calls of one Azure container, whose failures are told in this house's words.</summary>
internal sealed class AzureCalls(BlobContainerClient container)
{
    /// <summary>What and where it is. Without the query of the address, which may be a signature.</summary>
    public string Description => $"Azure container {container.Name} at {container.Uri.Host}";

    /// <exception cref="BlobStoreUnavailableException">It refused, cannot be reached or does not answer.</exception>
    public async Task<T> TellAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (Told(error, cancellation) is { } told)
        {
            throw told;
        }
    }

    /// <summary>What an exception of the SDK means to callers; null where it is theirs already. Its own message names addresses.</summary>
    public BlobStoreUnavailableException? Told(Exception error, CancellationToken cancellation) => error switch
    {
        RequestFailedException { Status: > 0 } refused => new($"{Description} answered {refused.Status} {refused.ErrorCode}.", error),
        RequestFailedException or AggregateException => new($"{Description} cannot be reached.", error),
        OperationCanceledException when !cancellation.IsCancellationRequested => new($"{Description} does not answer.", error),
        _ => null,
    };
}
