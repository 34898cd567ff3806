using System.Text;
using System.Text.Json;

namespace PhotoGuard.Records.Audit;

/// <summary>JSON in one form only, since PostgreSQL's jsonb orders members and spaces as it likes (after RFC 8785).</summary>
internal static class CanonicalJson
{
    /// <summary>Members in ordinal order, no spaces; numbers as they are written.</summary>
    public static string Of(JsonElement element)
    {
        var text = new StringBuilder();
        Write(text, element);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                Join(text, '{', element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal), member =>
                {
                    text.Append(JsonSerializer.Serialize(member.Name)).Append(':');
                    Write(text, member.Value);
                }, '}');
                break;
            case JsonValueKind.Array:
                Join(text, '[', element.EnumerateArray(), item => Write(text, item), ']');
                break;
            case JsonValueKind.String:
                text.Append(JsonSerializer.Serialize(element.GetString()));
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static void Join<T>(StringBuilder text, char open, IEnumerable<T> items, Action<T> write, char close)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(',');
            first = false;
            write(item);
        }
        text.Append(close);
    }
}
