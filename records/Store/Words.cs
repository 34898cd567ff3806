using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace PhotoGuard.Records.Store;

/// <summary>Enumerations as the words of the contract: camelCase, in the database as in JSON.</summary>
public static class Words
{
    /// <summary>The word of a value, e.g. <c>withdrawnByUploader</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Table<T>.ByValue[value];

    /// <summary>The value of a word; null where there is none.</summary>
    public static T? Parse<T>(string? word) where T : struct, Enum =>
        word is not null && Table<T>.ByWord.TryGetValue(word, out var value) ? value : null;

    /// <summary>Every word of an enumeration, in its order.</summary>
    public static IEnumerable<string> All(Type enumeration) => Enum.GetNames(enumeration).Select(JsonNamingPolicy.CamelCase.ConvertName);

    private static class Table<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}

/// <summary>An enumeration in a text column.</summary>
internal sealed class WordConverter<T>() : ValueConverter<T, string>(value => Words.Of(value), word => Words.Parse<T>(word)!.Value)
    where T : struct, Enum;

/// <summary>A set of an enumeration's values in a text[] column.</summary>
internal sealed class WordsConverter<T>() : ValueConverter<T[], string[]>(
    values => Array.ConvertAll(values, value => Words.Of(value)),
    words => Array.ConvertAll(words, word => Words.Parse<T>(word)!.Value))
    where T : struct, Enum;

internal sealed class WordsComparer<T>() : ValueComparer<T[]>(
    (one, other) => one == other || (one != null && other != null && one.SequenceEqual(other)),
    values => values.Aggregate(0, (hash, value) => HashCode.Combine(hash, value)),
    values => values.ToArray())
    where T : struct, Enum;
