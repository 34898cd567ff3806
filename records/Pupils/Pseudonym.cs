using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Pupils;

/// <summary>What a school calls a person in URLs: 1 to 64 of a-z, A-Z, 0-9, '-', '_' and '.', never a name.</summary>
internal static class Pseudonym
{
    /// <exception cref="Refusal"><c>invalid</c> 422.</exception>
    public static void Check(string text, string field)
    {
        if (text.Length is < 1 or > 64 || !char.IsAsciiLetterOrDigit(text[0])
            || !text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            throw Refusals.Invalid($"'{field}' is made of up to 64 letters, digits, '-', '_' and '.', beginning with a letter or digit.");
    }
}
