using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Requests;

/// <summary>How JSON is written and read: camelCase, words for enumerations, instants as RFC 3339 UTC, unknown members ignored.</summary>
public static class Json
{
    public static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { AskForWhatIsNotNullable } };
        options.MaxDepth = 16;
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new WordJsonConverterFactory());
        return options;
    }

    /// <summary>A member that may be null may be left out; every other one has to be there.</summary>
    private static void AskForWhatIsNotNullable(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.IsRequired = property.AssociatedParameter is { IsNullable: false }
                && Nullable.GetUnderlyingType(property.PropertyType) is null;
        }
    }
}

/// <summary>RFC 3339: an offset is required, UTC is written.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Instant.Parse(reader.GetString()) is { } instant ? instant : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Instant.Format(value));
}

/// <summary>Instants as text.</summary>
public static class Instant
{
    /// <summary>The instant in UTC, to the microsecond that the records keep; null where the text is none with an offset.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        text is { Length: >= 20 and <= 40 } && text[10] is 'T' or 't' or ' ' && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? new DateTimeOffset(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero)
            : null;

    /// <summary>An instant in a query, where a plus sign may have become a space.</summary>
    /// <exception cref="Refusal"><c>invalid</c> 422.</exception>
    public static DateTimeOffset ParseQuery(string text, string name) =>
        Parse(text.Length > 20 && text[^6] == ' ' ? $"{text[..^6]}+{text[^5..]}" : text)
            ?? throw Refusals.Invalid($"'{name}' is an instant such as 2026-05-01T09:30:00Z.");

    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Enumerations as the words of the contract.</summary>
public sealed class WordJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(WordJsonConverter<>).MakeGenericType(typeToConvert))!;
}

public sealed class WordJsonConverter<T> : JsonConverter<T> where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (Words.Parse<T>(word) is { } value) return value;
        var known = string.Join(", ", Enum.GetValues<T>().Select(one => Words.Of(one)));
        throw typeof(T) == typeof(Channel)
            ? Unknown.Channel()
            : new JsonException($"has to be one of {known}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words.Of(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Words.Parse<T>(reader.GetString()) ?? throw new JsonException();

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Words.Of(value));
}

public static class Unknown
{
    public static Refusal Channel() => new(
        "unknown-channel", 422, $"There is no such channel. Channels are {string.Join(", ", Channels.All.Select(one => Words.Of(one)))}.");
}
