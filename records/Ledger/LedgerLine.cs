using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Records.Ledger;

/// <summary>A line of the ledger: one JSON object, closed by a line feed. Ids only: no name, no file name, no digest of a picture.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "line")]
[JsonDerivedType(typeof(LedgerFact), "fact")]
[JsonDerivedType(typeof(LedgerHead), "head")]
public abstract record LedgerLine(Guid School)
{
    /// <summary>As it stands in the file, without the line feed.</summary>
    public string Text() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <returns>Null where it is no whole line: what a power cut left of one.</returns>
    public static LedgerLine? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<LedgerLine>(text, JsonSerializerOptions.Web);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>An audit entry that must outlive the records: a deletion, a no, or anything else that took a picture away (<see cref="LedgerEvents"/>).</summary>
/// <param name="Position">Its place in the school's chain.</param>
public sealed record LedgerFact(
    Guid School, long Position, DateTimeOffset At, string Event, Guid? Photo, string? SubjectKind, string? Subject, Guid? By, JsonElement Details)
    : LedgerLine(School)
{
    public static LedgerFact Of(long position, AuditEntry entry) => new(
        entry.SchoolId, position, entry.At, entry.Event, entry.PhotoId, entry.SubjectKind, entry.SubjectId, entry.ActorId, entry.Details.RootElement);

    /// <summary>The text of a member of the details; null where there is none.</summary>
    public string? Detail(string name) => Details.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether both tell the same, in whatever order PostgreSQL keeps the details.</summary>
    public bool Tells(LedgerFact other) =>
        this with { Details = default } == other with { Details = default } && CanonicalJson.Of(Details) == CanonicalJson.Of(other.Details);
}

/// <summary>The head of a school's chain after a batch: whoever keeps it sees whether the entries up to here were changed, cut off or written anew.</summary>
/// <param name="From">First position of the batch.</param>
/// <param name="To">Last position of the batch.</param>
/// <param name="Digest">The chain's digest at <paramref name="To"/>, hexadecimal.</param>
/// <param name="Facts">SHA-256 of the batch's facts, each with its line feed, hexadecimal.</param>
public sealed record LedgerHead(Guid School, long From, long To, string Digest, string Facts) : LedgerLine(School)
{
    public static string DigestOf(IEnumerable<LedgerFact> facts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var fact in facts) hash.AppendData(Encoding.UTF8.GetBytes($"{fact.Text()}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
