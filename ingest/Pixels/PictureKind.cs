namespace PhotoGuard.Ingest.Pixels;

/// <summary>The four kinds of picture that are ever decoded.</summary>
public enum PictureKind : byte
{
    Jpeg = 1,
    Png = 2,
    Webp = 3,
    Heic = 4,
}
