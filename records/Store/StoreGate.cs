using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Records.Store;

/// <summary>The first thing a web process or worker does: it does not start over a store that keeps what is deleted.</summary>
internal sealed class StoreGate(IBlobStore blobs, ILogger<StoreGate> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await blobs.PrepareAsync(cancellationToken);
        }
        catch (BlobStoreUnavailableException error) when (error is not StoreKeepsException)
        {
            // It may come; until it has been looked at, nothing deleted there passes for gone unless every state of it is.
            log.LogWarning("{Error} It is looked at again when it can be reached.", error.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
