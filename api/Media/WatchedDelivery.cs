using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using PhotoGuard.Records.Photos;

namespace PhotoGuard.Api.Media;

/// <summary>
/// Sends a picture and keeps asking whether it may still be had: a slow reader is cut off within 5 seconds of a withdrawal, and what the
/// system has not sent yet is thrown away (field/reliability.md, I3 and fault 38). An answer that cannot be had counts as a no.
/// </summary>
/// <param name="opened">Disposed at the end, or with this where it is not sent at all.</param>
/// <param name="still">Asks anew; it uses the request's own connection to the records, of which the reading has no need any more.</param>
/// <param name="cut">Told that it was cut off, and how many bytes had gone out at most.</param>
internal sealed class WatchedDelivery(
    OpenedObject opened, string contentType, Func<CancellationToken, Task<bool>> still, Func<long, Task> cut) : IResult, IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var content = opened.Content;
        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = opened.Object.Bytes;
        using var sent = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted);
        var watch = WatchAsync(httpContext, sent.Token);
        try
        {
            await content.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
            // What Kestrel still holds is watched too.
            await httpContext.Response.Body.FlushAsync(httpContext.RequestAborted);
        }
        finally
        {
            await sent.CancelAsync();
            await watch;
        }
    }

    public ValueTask DisposeAsync() => opened.Content.DisposeAsync();

    private async Task WatchAsync(HttpContext context, CancellationToken sent)
    {
        while (!sent.IsCancellationRequested)
        {
            await Task.Delay(Every, sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (sent.IsCancellationRequested || await MayStillAsync(sent)) continue;
            // Closing without a farewell drops what the system holds of it.
            if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket) socket.LingerState = new LingerOption(true, 0);
            context.Abort();
            await cut(opened.Content.Position);
            return;
        }
    }

    private async Task<bool> MayStillAsync(CancellationToken sent)
    {
        try
        {
            return await still(sent);
        }
        catch (Exception) when (sent.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception error) when (error is System.Data.Common.DbException or InvalidOperationException or TimeoutException)
        {
            return false;
        }
    }
}
