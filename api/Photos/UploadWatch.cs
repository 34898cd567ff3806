using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Photos;

/// <summary>
/// Keeps asking whether whoever sends may still send, while pictures are on their way: a lost iPad that sends slowly is cut off within seconds
/// of its revocation (fault 66). The commit of each picture asks once more, under locks; an answer that cannot be had now is left to it.
/// </summary>
public sealed class UploadWatch(IServiceScopeFactory scopes)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Reads what is sent, until the sender may not send it any more.</summary>
    /// <exception cref="Refusal">As <see cref="ActingStill.AgainAsync"/> · <c>role-may-not</c> 403.</exception>
    public async Task<T> WhileAsync<T>(Act act, Func<CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var refused = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = WatchAsync(act, refused, over.Token);
        try
        {
            return await read(refused.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && refused.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw await watching ?? error;
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    /// <returns>Why it was cut off; null where it was not.</returns>
    private async Task<Exception?> WatchAsync(Act act, CancellationTokenSource refused, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(Every, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return null;
            if (await WhyNotAsync(act, over) is not { } refusal) continue;
            await refused.CancelAsync();
            return refusal;
        }
    }

    private async Task<Refusal?> WhyNotAsync(Act act, CancellationToken over)
    {
        try
        {
            // The request's own connection is busy with what has come already.
            await using var scope = scopes.CreateAsyncScope();
            Rights.SendPhoto.Must((await scope.ServiceProvider.GetRequiredService<RecordsDb>().AgainAsync(act, over)).By);
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal;
        }
        catch (Exception error) when (over.IsCancellationRequested || error is System.Data.Common.DbException or InvalidOperationException or TimeoutException)
        {
            return null;
        }
    }
}
