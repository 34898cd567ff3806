namespace PhotoGuard.Records.Ledger;

/// <summary>How far a node has told a school's chain to its file of the ledger.</summary>
public sealed class LedgerMark
{
    public Guid SchoolId { get; init; }
    public required string Node { get; init; }
    public long Position { get; set; }
}
