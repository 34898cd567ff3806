namespace PhotoGuard.Ingest.Metadata.Icc;

/// <summary>Colours of the picture that a profile belongs to; the value is the number of channels.</summary>
internal enum IccColours
{
    Grey = 1,
    Rgb = 3,
    Cmyk = 4,
}
