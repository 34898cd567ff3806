using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>Why a picture has no renditions, and will not have any however often it is tried.</summary>
public enum UndecodableReason : byte
{
    /// <summary>Truncated, or its decoder could not make sense of it.</summary>
    Damaged = 1,

    /// <summary>The bytes are not of the kind they were said to be.</summary>
    OtherKind = 2,

    /// <summary>Above <see cref="PictureLimits"/>.</summary>
    TooManyPixels = 3,

    /// <summary>Animated, or several pictures in one file.</summary>
    SeveralFrames = 4,
}

/// <summary>The picture cannot be decoded. Trying again gives the same answer.</summary>
/// <param name="reason">Stable; may be stored and told.</param>
/// <param name="hint">For the log only: it may quote the decoder.</param>
public sealed class PictureUndecodable(UndecodableReason reason, string hint) : Exception($"{reason}: {hint}")
{
    /// <summary>Stable reason.</summary>
    public UndecodableReason Reason { get; } = reason;

    /// <summary>For the log only.</summary>
    public string Hint { get; } = hint;
}
