using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>The frame header, ITU-T T.81 section B.2.2: 8 bits a sample, 1, 3 or 4 components.</summary>
internal struct JpegFrame
{
    [InlineArray(4)]
    internal struct Four
    {
        private byte first;
    }

    internal bool Progressive;
    internal int Width, Height, Components;
    internal Four Ids, Across, Down, Tables;

    internal readonly int MostAcross => Math.Max(Math.Max(Across[0], Across[1]), Math.Max(Across[2], Across[3]));
    internal readonly int MostDown => Math.Max(Math.Max(Down[0], Down[1]), Math.Max(Down[2], Down[3]));

    /// <exception cref="PictureRefused">Malformed, or larger than <see cref="PictureLimits"/>.</exception>
    internal static JpegFrame Read(byte marker, ReadOnlySpan<byte> data)
    {
        if (data.Length < 6) throw PictureRefused.Malformed("its frame header is too short");
        var frame = new JpegFrame
        {
            Progressive = marker == JpegMarkers.Sof2,
            Height = BinaryPrimitives.ReadUInt16BigEndian(data[1..]),
            Width = BinaryPrimitives.ReadUInt16BigEndian(data[3..]),
            Components = data[5],
        };
        PictureLimits.Check(frame.Width, frame.Height);
        if (data[0] != 8) throw PictureRefused.UnsupportedCoding("it has more than 8 bits a colour");
        if (frame.Height == 0) throw PictureRefused.UnsupportedCoding("its height stands behind the picture");
        if (frame.Width == 0) throw PictureRefused.Malformed("it has no width");
        if (frame.Components is not (1 or 3 or 4)) throw PictureRefused.UnsupportedCoding($"it has {frame.Components} colour channels");
        if (data.Length != 6 + 3 * frame.Components) throw PictureRefused.Malformed("its frame header has a wrong length");
        var blocks = 0;
        for (var c = 0; c < frame.Components; c++)
        {
            var part = data.Slice(6 + 3 * c, 3);
            frame.Ids[c] = part[0];
            frame.Across[c] = (byte)(part[1] >> 4);
            frame.Down[c] = (byte)(part[1] & 15);
            frame.Tables[c] = part[2];
            blocks += frame.Across[c] * frame.Down[c];
            if (frame.Across[c] is 0 or > 4 || frame.Down[c] is 0 or > 4 || part[2] > 3) throw PictureRefused.Malformed("its frame header is illegal");
            for (var earlier = 0; earlier < c; earlier++)
                if (frame.Ids[earlier] == part[0]) throw PictureRefused.Malformed("its frame header names a channel twice");
        }
        return frame;
    }

    /// <summary>Index of the component with this id; -1 where there is none.</summary>
    internal readonly int IndexOf(byte id)
    {
        for (var c = 0; c < Components; c++)
            if (Ids[c] == id) return c;
        return -1;
    }

    /// <summary>Minimum coded units of a scan, T.81 section A.2: of one component its own blocks, of several the interleaved ones.</summary>
    internal readonly int Units(int component, bool alone) => alone
        ? Ceil(Ceil(Width * Across[component], MostAcross), 8) * Ceil(Ceil(Height * Down[component], MostDown), 8)
        : Ceil(Width, 8 * MostAcross) * Ceil(Height, 8 * MostDown);

    private static int Ceil(int a, int b) => (a + b - 1) / b;
}
