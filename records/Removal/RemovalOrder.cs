using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Removal;

public enum RemovalPlace
{
    /// <summary>Our own key and objects.</summary>
    Store,

    /// <summary>A known copy outside.</summary>
    Publication,
}

/// <summary>Why. All but the last destroy the photo; nothing else does (policies.md, Holding).</summary>
public enum RemovalCause
{
    /// <summary>A no on internal after the pupil was tagged.</summary>
    InternalNo,

    /// <summary>Erasure asked for (UK GDPR Art 17).</summary>
    Erasure,

    /// <summary>Rejected at screening (P8).</summary>
    Rejected,

    /// <summary>Its uploader withdrew it before screening.</summary>
    WithdrawnByUploader,

    /// <summary>A pupil was tagged without a standing internal and nobody corrected it in time.</summary>
    TagTimeout,

    /// <summary>Nobody was tagged and nobody confirmed that in time.</summary>
    UntaggedTimeout,

    /// <summary><c>deleteAfter</c> (P10).</summary>
    Retention,

    /// <summary>No longer cleared on the channel where a copy is; our own copy stays.</summary>
    ChannelNotCleared,

    /// <summary>Its key was destroyed after the backup that a restore without ledger came from.</summary>
    KeyGone,
}

public static class RemovalCauses
{
    /// <summary>
    /// Whether it destroys what was made from the photo, too: what is wrong with the picture itself is wrong with a redaction of it. A no
    /// and the time-outs are about pupils, whom each picture names for itself; <c>deleteAfter</c> is the same for both.
    /// </summary>
    public static bool ReachesRedactions(this RemovalCause cause) =>
        cause is RemovalCause.Erasure or RemovalCause.Rejected or RemovalCause.WithdrawnByUploader;
}

/// <summary>One place where a copy is known and from which it has to disappear.</summary>
public sealed class RemovalOrder
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }
    public RemovalPlace Place { get; init; }
    public Guid? PublicationId { get; init; }
    public Channel? Channel { get; init; }
    public RemovalCause Cause { get; init; }

    /// <summary>The purge run that opened it, if one did.</summary>
    public Guid? PurgeId { get; init; }

    public DateTimeOffset OpenedAt { get; init; }
    public Guid? OpenedBy { get; init; }

    /// <summary>Nothing is destroyed before this instant; the photo is hidden from the commit on all the same.</summary>
    public DateTimeOffset NotBefore { get; set; }

    public DateTimeOffset? CancelledAt { get; set; }
    public DateTimeOffset? TombstonedAt { get; set; }
    public DateTimeOffset? KeyDestroyedAt { get; set; }

    /// <summary>When the store was looked at and nothing of the photo was there.</summary>
    public DateTimeOffset? LookedAt { get; set; }

    public DateTimeOffset? DoneAt { get; set; }
    public Guid? DoneBy { get; set; }

    /// <summary>What the person saw who took the outside copy down, under that disclosure's key.</summary>
    public SealedText? Proof { get; private set; }

    public int Attempts { get; set; }
    public string? LastError { get; set; }

    /// <summary>For how many days somebody has been told that its deadline has passed.</summary>
    public int OverdueTold { get; set; }

    internal void Open(TextKey? key) => Proof?.Open(key, "removals.proof", Id);

    internal void Prove(string proof, TextKey key) => Proof = key.Seal(proof, "removals.proof", Id);
}

/// <summary>The photo is to be destroyed, whatever else happens. Never lifted.</summary>
public sealed class Tombstone
{
    public Guid PhotoId { get; init; }
    public Guid SchoolId { get; init; }
    public RemovalCause Cause { get; init; }
    public Guid OrderId { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>Every object of ours is proven gone.</summary>
public sealed class Certificate
{
    public Guid PhotoId { get; init; }
    public Guid SchoolId { get; init; }
    public RemovalCause Cause { get; init; }
    public DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset TombstonedAt { get; init; }
    public DateTimeOffset KeyDestroyedAt { get; init; }
    public int ObjectsDeleted { get; init; }
    public DateTimeOffset LookedAt { get; init; }

    /// <summary>Which store was looked at.</summary>
    public required string Store { get; init; }

    /// <summary>What was looked for: objects in every state, or living ones alone where the store keeps deleted ones, unreadable.</summary>
    public Erasure Erasure { get; init; }

    public DateTimeOffset IssuedAt { get; init; }
}
