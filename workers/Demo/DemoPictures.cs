namespace PhotoGuard.Workers.Demo;

/// <summary>What a made-up tablet writes into a made-up photo.</summary>
public sealed record DemoPicture
{
    /// <summary>The same number gives the same picture.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Pixels, as stored.</summary>
    public int Width { get; init; } = 1600;

    /// <summary>Pixels, as stored.</summary>
    public int Height { get; init; } = 1200;

    /// <summary>Goes to DateTimeOriginal and OffsetTimeOriginal; null leaves both out.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Whether OffsetTimeOriginal is written.</summary>
    public bool WithOffset { get; init; } = true;

    /// <summary>1 to 8, Exif 2.32 section 4.6.4.</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>Null leaves out both names.</summary>
    public string? Make { get; init; } = "Apple";

    /// <inheritdoc cref="Make"/>
    public string Model { get; init; } = "iPad (9th generation)";

    /// <summary>Degrees north and east; null leaves every place out, City too.</summary>
    public (double Latitude, double Longitude)? Place { get; init; } = (53.742310, -2.013027);

    /// <summary>A real-looking town in XMP and IPTC.</summary>
    public string City { get; init; } = "Hebden Bridge";

    /// <summary>A JPEG comment; null for none.</summary>
    public string? Comment { get; init; } = "Year 4 trip, sent from classroom iPad 07";
}

/// <summary>Photos for the demo and the tests: painted here, with the metadata that a real tablet would leave in them.</summary>
public static class DemoPictures
{
    /// <summary>A baseline JPEG with Exif (place and thumbnail included), XMP, IPTC and a comment, as far as <paramref name="picture"/> has them.</summary>
    public static byte[] Jpeg(DemoPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var scene = new DemoScene(picture.Seed);
        var thumbnail = JpegPainter.Paint(160, 120, scene.PaintRow, 70, []);
        var segments = new List<(byte, byte[])> { (0xE1, DemoMetadata.Exif(picture, thumbnail)) };
        if (picture.Place is not null)
        {
            segments.Add((0xE1, DemoMetadata.Xmp(picture)));
            segments.Add((0xED, DemoMetadata.Iptc(picture)));
        }
        if (picture.Comment is not null) segments.Add((0xFE, System.Text.Encoding.UTF8.GetBytes(picture.Comment)));
        return JpegPainter.Paint(picture.Width, picture.Height, scene.PaintRow, 88, segments);
    }
}
