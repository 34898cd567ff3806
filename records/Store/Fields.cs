namespace PhotoGuard.Records.Store;

/// <summary>Texts that people type, as they enter a record.</summary>
public static class Fields
{
    /// <summary>The text without spaces around it.</summary>
    /// <param name="field">How the contract calls it, for the sentence.</param>
    /// <param name="longest">Characters.</param>
    /// <exception cref="Refusal"><c>invalid</c> 422: empty, too long, or with control characters.</exception>
    public static string Needed(string? text, string field, int longest) =>
        Optional(text, field, longest) ?? throw Refusals.Invalid($"Please fill in '{field}'.");

    /// <summary>As <see cref="Needed"/>, but null where there is nothing in it.</summary>
    public static string? Optional(string? text, string field, int longest)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (text.Length > longest) throw Refusals.Invalid($"'{field}' is too long: at most {longest} characters.");
        if (text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')))
            throw Refusals.Invalid($"'{field}' holds characters that cannot be kept.");
        return text;
    }
}
