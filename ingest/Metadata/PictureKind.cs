namespace PhotoGuard.Ingest.Metadata;

/// <summary>The kinds of picture that the project knows, told by content alone.</summary>
public enum PictureKind
{
    /// <summary>ITU-T T.81, baseline or progressive.</summary>
    Jpeg,

    /// <summary>W3C PNG, third edition; still pictures only.</summary>
    Png,

    /// <summary>RFC 9649, lossy or lossless; still pictures only.</summary>
    Webp,

    /// <summary>ISO/IEC 23008-12 with HEVC coding: one picture, whole or in tiles.</summary>
    Heic,
}
