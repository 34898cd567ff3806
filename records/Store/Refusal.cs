namespace PhotoGuard.Records.Store;

/// <summary>
/// What a person or program asked for is refused; nothing was changed. The edge turns it into an RFC 9457 problem.
/// </summary>
/// <param name="type">Stable name for programs, listed in docs/problems.md, e.g. <c>activity-not-approved</c>.</param>
/// <param name="status">HTTP status of the contract, 400 to 507.</param>
/// <param name="sentence">One sentence that a school secretary understands, without personal data.</param>
public sealed class Refusal(string type, int status, string sentence) : Exception(sentence)
{
    /// <summary>Stable name for programs.</summary>
    public string Type { get; } = type;

    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Further members of the problem, e.g. <c>existing</c>. Never personal data.</summary>
    public IReadOnlyDictionary<string, object?> Members { get; init; } = new Dictionary<string, object?>();
}
