using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages;

/// <summary>Takes no form that another site sent, none without its seal, and none larger than people type.</summary>
public sealed class SealedForms : IAsyncResourceFilter
{
    private const int Largest = 1_000_000;

    public static Refusal Unsealed() => new(
        "form-too-old", 400, "This page was open for too long. Please load it again and send it once more. Nothing was changed.");

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && IsFromElsewhere(http.Request))
            throw new Refusal("other-site", 403, "That was sent from a page that is not ours. Nothing was changed.");
        if (HttpMethods.IsPost(http.Request.Method) && !context.Filters.OfType<StreamedFormAttribute>().Any())
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = Largest;
            if (!http.Request.HasFormContentType
                || !FormSeal.Fits(http.Request, (await http.Request.ReadFormAsync(http.RequestAborted))[FormSeal.Field]))
                throw Unsealed();
        }

        await next();
    }

    /// <summary>
    /// Browsers say where a form comes from, and no page can change what they say: by Fetch Metadata all of today's, by Origin those before.
    /// </summary>
    private static bool IsFromElsewhere(HttpRequest request) => request.Headers["Sec-Fetch-Site"] is [{ } site]
        ? site is not ("same-origin" or "none")
        : request.Headers.Origin is [{ } origin] && origin != $"{request.Scheme}://{request.Host}";
}

/// <summary>
/// The page reads its form by itself, part by part, and checks the seal itself: pictures would else be put on disk as they came.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StreamedFormAttribute : Attribute, IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var factories = context.ValueProviderFactories;
        factories.RemoveType<FormValueProviderFactory>();
        factories.RemoveType<FormFileValueProviderFactory>();
        factories.RemoveType<JQueryFormValueProviderFactory>();
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
