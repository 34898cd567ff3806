namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// How a picture is cut and turned before it is shown, in the order in which its file says it: clap, irot, imir. ISO/IEC 23008-12 sections
/// 6.5.9, 6.5.10, 6.5.12 and ISO/IEC 14496-12 section 12.1.4.
/// </summary>
internal sealed class HeicShape(int width, int height)
{
    /// <summary>More than this much cut off on a side is no margin of coding, but something that somebody did not want to show.</summary>
    private const int LargestMargin = 64;

    private int width = width, height = height, quarters;
    private bool mirrored;

    /// <summary>Pixels, of what is shown, before turning.</summary>
    internal int Width => Orientation >= 5 ? height : width;

    /// <summary>As <see cref="Width"/>.</summary>
    internal int Height => Orientation >= 5 ? width : height;

    /// <summary>Whether parts of the picture are in the file and not shown.</summary>
    internal bool HidesParts { get; private set; }

    /// <summary>1 to 8, Exif 2.32 section 4.6.4: mirrored from left to right or not, then turned clockwise.</summary>
    internal int Orientation => (mirrored, quarters) switch
    {
        (false, 0) => 1,
        (true, 0) => 2,
        (false, 2) => 3,
        (true, 2) => 4,
        (true, 3) => 5,
        (false, 1) => 6,
        (true, 1) => 7,
        _ => 8,
    };

    /// <summary>The box anew, head included; null where it changes nothing.</summary>
    /// <exception cref="PictureRefused">Illegal, or a cut that falls between pixels.</exception>
    internal byte[]? Take(uint type, ReadOnlySpan<byte> data)
    {
        var fields = new HeicFields(data);
        var box = type switch
        {
            HeicType.Rotation => Turn(fields.One() & 3),
            HeicType.Mirror => Mirror(fields.One() & 1),
            _ => Cut(ref fields),
        };
        if (!fields.Rest.IsEmpty)
            throw PictureRefused.Malformed("there is something behind a part of its index");
        return box;
    }

    private byte[]? Turn(int anticlockwise)
    {
        quarters = quarters + 4 - anticlockwise & 3;
        if ((anticlockwise & 1) != 0) (width, height) = (height, width);
        return anticlockwise == 0 ? null : [0, 0, 0, 9, .. "irot"u8, (byte)anticlockwise];
    }

    /// <param name="leftAndRight">1 where left and right change places, 0 where top and bottom do.</param>
    private byte[] Mirror(int leftAndRight)
    {
        // Top and bottom: left and right, then half a turn. What was turned before turns the other way in the mirror.
        quarters = (leftAndRight == 1 ? 4 : 6) - quarters & 3;
        mirrored = !mirrored;
        return [0, 0, 0, 9, .. "imir"u8, (byte)leftAndRight];
    }

    private byte[]? Cut(ref HeicFields fields)
    {
        var (across, down) = (Whole(ref fields, width), Whole(ref fields, height));
        int right = Halves(ref fields, width - across), below = Halves(ref fields, height - down);
        if (across == width && down == height) return null;
        HidesParts |= width - across >= LargestMargin || height - down >= LargestMargin;
        (width, height) = (across, down);
        var box = new byte[40];
        var writer = new ByteWriter(box);
        writer.WriteU32(40);
        writer.WriteU32(HeicType.CleanAperture);
        foreach (var number in (ReadOnlySpan<int>)[across, 1, down, 1, right, 2, below, 2]) writer.WriteU32((uint)number);
        return box;
    }

    private static int Whole(ref HeicFields fields, int most)
    {
        uint number = fields.Four(), divisor = fields.Four();
        if (divisor == 0 || number % divisor != 0 || number / divisor is 0) throw PictureRefused.UnsupportedCoding("it is cut between pixels");
        return number / divisor <= most ? (int)(number / divisor) : throw PictureRefused.Malformed("its frame is larger than itself");
    }

    /// <summary>How far the middle of the frame is from the middle of the picture, in half pixels.</summary>
    private static int Halves(ref HeicFields fields, int room)
    {
        long number = 2L * (int)fields.Four(), divisor = fields.Four();
        if (divisor == 0 || number % divisor != 0) throw PictureRefused.UnsupportedCoding("it is cut between pixels");
        return Math.Abs(number / divisor) <= room ? (int)(number / divisor) : throw PictureRefused.Malformed("its frame is outside of itself");
    }
}
