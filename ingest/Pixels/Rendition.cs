using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>What renditions are written as.</summary>
public enum RenditionFormat : byte
{
    /// <summary>Quality 80, optimised, 4:2:0.</summary>
    Jpeg = 1,

    /// <summary>Lossy, quality 80.</summary>
    Webp = 2,
}

/// <summary>A rendition that is asked for.</summary>
/// <param name="Name">Name under which it is stored and served, e.g. <c>web</c>.</param>
/// <param name="LongestSide">Pixels, 1 to <see cref="PictureLimits.LongestSide"/>; a smaller picture is not enlarged.</param>
/// <param name="Format">What it is written as.</param>
public sealed record RenditionSpec(string Name, int LongestSide, RenditionFormat Format = RenditionFormat.Jpeg)
{
    /// <summary>512 px, for lists.</summary>
    public static RenditionSpec Thumb { get; } = new("thumb", 512);

    /// <summary>2048 px, for the website.</summary>
    public static RenditionSpec Web { get; } = new("web", 2048);

    /// <summary>4096 px, for print; made when first asked for.</summary>
    public static RenditionSpec Print { get; } = new("print", 4096);
}

/// <summary>A rendition: upright, sRGB, nothing but pixels.</summary>
/// <param name="Name">The name that was asked for.</param>
/// <param name="Format">What the bytes are.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Bytes">The whole file.</param>
public sealed record Rendition(string Name, RenditionFormat Format, int Width, int Height, ReadOnlyMemory<byte> Bytes);
