using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using PhotoGuard.Api.Problems;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Requests;

/// <summary>The JSON body of a write.</summary>
public static class Body
{
    /// <summary>Largest JSON body, bytes.</summary>
    private const int Largest = 1_000_000;

    /// <summary>The whole body, at most 1 MB.</summary>
    /// <exception cref="Refusal"><c>too-large</c> 413.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > Largest) throw Problem.TooLarge();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = Largest;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    /// <summary>Reads the body as a T; what is wrong is told by the name of its field.</summary>
    /// <exception cref="Refusal"><c>not-json</c> 415 · <c>malformed-json</c> 400 · <c>invalid</c> 422.</exception>
    public static T Parse<T>(HttpRequest request, byte[] body) where T : class
    {
        if (!request.HasJsonContentType())
            throw new Refusal("not-json", 415, "Please send JSON, with Content-Type: application/json.");
        using var document = Document(body);
        try
        {
            return document.Deserialize<T>(Json.Options) ?? throw Refusals.Invalid("An object was expected.");
        }
        catch (JsonException error)
        {
            throw Refusals.Invalid(Sentence<T>(document.RootElement, error));
        }
    }

    private static JsonDocument Document(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException)
        {
            throw new Refusal("malformed-json", 400, "The request is not well-formed JSON.");
        }
    }

    private static string Sentence<T>(JsonElement root, JsonException error)
    {
        var path = error.Path?.TrimStart('$').TrimStart('.') ?? "";
        if (Missing(typeof(T), root, path) is { } field) return $"'{field}' is missing.";
        if (path.Length == 0) return "An object was expected.";
        // Our own converters say what they wanted; the framework's words are not for a school secretary.
        return error.Message.StartsWith("has to be", StringComparison.Ordinal)
            ? $"'{path}' {error.Message.Split(" Path:")[0].TrimEnd('.')}."
            : $"'{path}' is not written as expected.";
    }

    /// <summary>The first field that the object at the path should have and has not.</summary>
    private static string? Missing(Type type, JsonElement element, string path)
    {
        var inner = path.Split('.')[0];
        if (element.ValueKind != JsonValueKind.Object) return null;
        foreach (var property in Json.Options.GetTypeInfo(type).Properties)
        {
            if (!element.TryGetProperty(property.Name, out var value))
            {
                if (property.IsRequired) return property.Name;
            }
            else if (property.Name == inner && Missing(property.PropertyType, value, path[inner.Length..].TrimStart('.')) is { } deeper)
            {
                return $"{inner}.{deeper}";
            }
        }

        return null;
    }
}
