using System.Buffers.Binary;
using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// What goes over the child's standard input and output: one request, one answer, each with a mark, a version and lengths that
/// are checked against bounds by whoever reads. All numbers are little-endian.
/// <code>
/// request  "PGq" version | kind u8, specs u8, boxes u8, fill u8, length u32 | per spec: side u16, format u8, 0
///          | per box: left, top, width, height f64 | picture
///          either specs, for renditions, or boxes and a fill, for one redaction
/// answer   "PGa" version | outcome u8, count u8, length u16     | hello: nothing; undecodable: hint; made: per
///          rendition: width u16, height u16, length u32, bytes
/// </code>
/// </summary>
internal static class DecodeFrames
{
    public const int RequestHeaderLength = 12;
    public const int SpecLength = 4;
    public const int BoxLength = 32;
    public const int AnswerHeaderLength = 8;
    public const int RenditionHeaderLength = 8;

    /// <summary>Above every upload limit that a school may set.</summary>
    public const int LongestPicture = 256 << 20;
    public const int MostSpecs = 8;
    public const int LongestHint = 400;

    private const byte Version = 2;

    public enum Outcome : byte
    {
        Hello = 0,
        Made = 1,
        /// <summary>and the values above: <see cref="UndecodableReason"/> plus this.</summary>
        Undecodable = 16,
    }

    public readonly record struct Request(PictureKind Kind, int Specs, int Boxes, BurnFill Fill, int Length)
    {
        /// <summary>Bytes between the header and the picture.</summary>
        public int PartsLength => Specs * SpecLength + Boxes * BoxLength;
    }

    public readonly record struct Answer(Outcome Outcome, int Count, int HintLength);

    public static byte[] WriteRequest(PictureKind kind, int length, IReadOnlyList<RenditionSpec> specs)
    {
        var frame = new byte[RequestHeaderLength + specs.Count * SpecLength];
        "PGq"u8.CopyTo(frame);
        frame[3] = Version;
        frame[4] = (byte)kind;
        frame[5] = (byte)specs.Count;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), length);
        for (var i = 0; i < specs.Count; i++)
        {
            var spec = frame.AsSpan(RequestHeaderLength + i * SpecLength, SpecLength);
            BinaryPrimitives.WriteUInt16LittleEndian(spec, (ushort)specs[i].LongestSide);
            spec[2] = (byte)specs[i].Format;
        }
        return frame;
    }

    public static byte[] WriteRequest(PictureKind kind, int length, IReadOnlyList<BurnBox> boxes, BurnFill fill)
    {
        var frame = new byte[RequestHeaderLength + boxes.Count * BoxLength];
        "PGq"u8.CopyTo(frame);
        frame[3] = Version;
        frame[4] = (byte)kind;
        frame[6] = (byte)boxes.Count;
        frame[7] = (byte)fill;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), length);
        for (var i = 0; i < boxes.Count; i++)
        {
            var box = frame.AsSpan(RequestHeaderLength + i * BoxLength, BoxLength);
            BinaryPrimitives.WriteDoubleLittleEndian(box, boxes[i].Left);
            BinaryPrimitives.WriteDoubleLittleEndian(box[8..], boxes[i].Top);
            BinaryPrimitives.WriteDoubleLittleEndian(box[16..], boxes[i].Width);
            BinaryPrimitives.WriteDoubleLittleEndian(box[24..], boxes[i].Height);
        }
        return frame;
    }

    public static Request ReadRequest(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("PGq"u8) || header[3] != Version)
            throw new InvalidDataException("Not a request of this version.");
        var request = new Request(
            (PictureKind)header[4], header[5], header[6], (BurnFill)header[7], BinaryPrimitives.ReadInt32LittleEndian(header[8..]));
        var known = request is { Specs: >= 1 and <= MostSpecs, Boxes: 0, Fill: 0 }
            or { Specs: 0, Boxes: >= 1 and <= BurnBox.Most, Fill: BurnFill.Solid or BurnFill.Average };
        return known && request.Length is >= 0 and <= LongestPicture
            ? request
            : throw new InvalidDataException("A request out of bounds.");
    }

    public static BurnBox ReadBox(ReadOnlySpan<byte> box)
    {
        var read = new BurnBox(
            BinaryPrimitives.ReadDoubleLittleEndian(box), BinaryPrimitives.ReadDoubleLittleEndian(box[8..]),
            BinaryPrimitives.ReadDoubleLittleEndian(box[16..]), BinaryPrimitives.ReadDoubleLittleEndian(box[24..]));
        return read.LiesWithin ? read : throw new InvalidDataException("A box beyond the picture.");
    }

    public static RenditionSpec ReadSpec(ReadOnlySpan<byte> spec) =>
        new("", BinaryPrimitives.ReadUInt16LittleEndian(spec), (RenditionFormat)spec[2]);

    public static byte[] WriteHello() => WriteAnswer(Outcome.Hello, 0, 0);

    public static byte[] WriteMade(int count) => WriteAnswer(Outcome.Made, count, 0);

    public static byte[] WriteUndecodable(PictureUndecodable why)
    {
        var hint = Encoding.UTF8.GetBytes(why.Hint);
        hint = hint.Length > LongestHint ? hint[..LongestHint] : hint;
        return [.. WriteAnswer(Outcome.Undecodable + (byte)why.Reason, 0, hint.Length), .. hint];
    }

    public static Answer ReadAnswer(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("PGa"u8) || header[3] != Version)
            throw new InvalidDataException("Not an answer of this version.");
        var answer = new Answer((Outcome)header[4], header[5], BinaryPrimitives.ReadUInt16LittleEndian(header[6..]));
        return answer is { Count: <= MostSpecs, HintLength: <= LongestHint }
            ? answer
            : throw new InvalidDataException("An answer out of bounds.");
    }

    public static byte[] WriteRenditionHeader(Rendition rendition)
    {
        var header = new byte[RenditionHeaderLength];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)rendition.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), (ushort)rendition.Height);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), rendition.Bytes.Length);
        return header;
    }

    /// <summary>Size and length of one rendition, held to what was asked: a child that was taken over may say anything.</summary>
    public static (int Width, int Height, int Length) ReadRenditionHeader(ReadOnlySpan<byte> header, RenditionSpec asked)
    {
        int width = BinaryPrimitives.ReadUInt16LittleEndian(header);
        int height = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (width < 1 || height < 1 || Math.Max(width, height) > asked.LongestSide)
            throw new InvalidDataException("A rendition of a size that was not asked for.");
        // No encoder makes more of a picture than its plain pixels and a header.
        if (length > width * height * 3L + 65_536)
            throw new InvalidDataException("A rendition longer than its pixels.");
        return (width, height, (int)length);
    }

    private static byte[] WriteAnswer(Outcome outcome, int count, int hintLength) =>
        [(byte)'P', (byte)'G', (byte)'a', Version, (byte)outcome, (byte)count, (byte)hintLength, (byte)(hintLength >> 8)];
}
