using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Api.Requests;

/// <summary>A write without a body, bound as a parameter of the endpoint.</summary>
public class Write(HttpContext context, ReadOnlyMemory<byte> body)
{
    public static async ValueTask<Write?> BindAsync(HttpContext context) =>
        new(context, await Body.ReadAsync(context));

    /// <summary>
    /// Runs the operation once and answers with the resource it named by <see cref="Act.Answers"/>; a repetition with the same
    /// Idempotency-Key runs nothing and shows that resource again, as it is now and as far as the caller may see it now.
    /// </summary>
    public Task<IResult> AnswerAsync<T>(Func<Act, Task> operation, Func<Act, Guid, Task<T>> show) =>
        context.RequestServices.GetRequiredService<Idempotency>().AnswerAsync(context, body, operation, show);
}

/// <summary>A write with a JSON body.</summary>
public sealed class Write<TBody>(HttpContext context, ReadOnlyMemory<byte> bytes, TBody body) : Write(context, bytes), IEndpointParameterMetadataProvider
    where TBody : class
{
    public TBody Body { get; } = body;

    public static new async ValueTask<Write<TBody>?> BindAsync(HttpContext context)
    {
        var bytes = await Requests.Body.ReadAsync(context);
        return new(context, bytes, Requests.Body.Parse<TBody>(context.Request, bytes));
    }

    /// <summary>Tells OpenAPI what the body is.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(TBody)));
}
