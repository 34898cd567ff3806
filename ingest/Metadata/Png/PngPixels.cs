using System.Buffers;
using System.IO.Compression;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>Inflates all of the picture data without keeping it: its rows must come out exact, and nothing may follow them.</summary>
internal static class PngPixels
{
    // Adam7, section 8.1: first column and row, steps across and down.
    private static readonly (int X, int Y, int Across, int Down)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <param name="chunks">IDAT chunks one behind the other, heads and checksums included.</param>
    internal static void Check(in PngHeader header, ReadOnlyMemory<byte> chunks)
    {
        using var source = new PngDataStream(chunks);
        using var zlib = new ZLibStream(source, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var rows = new Rows(zlib, buffer);
            if (!header.Interlaced) rows.Pass(header.Height, header.RowBytes(header.Width));
            else
                foreach (var (x, y, across, down) in Passes)
                {
                    int width = (header.Width - x + across - 1) / across, height = (header.Height - y + down - 1) / down;
                    if (width > 0) rows.Pass(height, header.RowBytes(width));
                }
            rows.End();
            if (source.Left > 0) throw PictureRefused.Malformed("there is data behind its pixels");
        }
        catch (InvalidDataException)
        {
            throw PictureRefused.Malformed("its pixels cannot be unpacked");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ref struct Rows(ZLibStream zlib, byte[] buffer)
    {
        private int at, filled;

        internal void Pass(int rows, int rowBytes)
        {
            for (; rows > 0; rows--)
            {
                Fill();
                if (buffer[at++] > 4) throw PictureRefused.Malformed("a row of its pixels is illegal");
                for (var left = rowBytes; left > 0;)
                {
                    Fill();
                    var taken = Math.Min(left, filled - at);
                    at += taken;
                    left -= taken;
                }
            }
        }

        internal void End()
        {
            if (at < filled || zlib.Read(buffer) > 0) throw PictureRefused.Malformed("it has more pixels than its header says");
        }

        private void Fill()
        {
            if (at < filled) return;
            at = 0;
            filled = zlib.Read(buffer);
            if (filled == 0) throw PictureRefused.Truncated("a part of its pixels is missing");
        }
    }
}
