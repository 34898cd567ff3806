using Microsoft.AspNetCore.Mvc.Filters;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Recovery;

/// <summary>
/// Asks the gate once more when an answer is made and nothing of it is sent: records may come back under a living service, and what was
/// read from them meanwhile stays here. What cannot be asked is not answered either; whoever asked is told to try again.
/// </summary>
public sealed class GateFilter(ServingGate gate) : IEndpointFilter, IAsyncResultFilter
{
    /// <summary>Of the JSON API and media.</summary>
    /// <exception cref="Refusal">As <see cref="GateMiddleware"/>.</exception>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        try
        {
            await CheckAsync(context.HttpContext);
            return answer;
        }
        catch
        {
            if (answer is IAsyncDisposable opened) await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Of the pages.</summary>
    /// <exception cref="Refusal">As <see cref="GateMiddleware"/>.</exception>
    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        await CheckAsync(context.HttpContext);
        await next();
    }

    private async Task CheckAsync(HttpContext context)
    {
        if (!GateMiddleware.IsOpenAnyway(context)) GateMiddleware.Check(await gate.LookAgainAsync(context.RequestAborted));
    }
}
