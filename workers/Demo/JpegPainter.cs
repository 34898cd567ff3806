namespace PhotoGuard.Workers.Demo;

/// <summary>A small encoder of baseline JPEG, ITU-T T.81, with the tables of its annex K and colours at half resolution (4:2:0).</summary>
public static class JpegPainter
{
    /// <summary>Fills one row of RGB bytes.</summary>
    public delegate void RowPainter(int row, int width, int height, Span<byte> rgb);

    /// <param name="width">Pixels, 1 to 65,535.</param>
    /// <param name="height">Pixels, 1 to 65,535.</param>
    /// <param name="painter">Called once a row, from the top.</param>
    /// <param name="quality">1 to 100; 50 uses the tables of annex K as they are.</param>
    /// <param name="segments">Marker and data of segments to put behind SOI.</param>
    public static byte[] Paint(int width, int height, RowPainter painter, int quality, IEnumerable<(byte Marker, byte[] Data)> segments)
    {
        ArgumentNullException.ThrowIfNull(painter);
        ArgumentNullException.ThrowIfNull(segments);
        var bits = new JpegBits(width * height / 4 + 4096);
        bits.Bytes([0xFF, 0xD8]);
        foreach (var (marker, data) in segments) bits.Segment(marker, data);
        var transforms = new[] { new JpegBlock(AnnexK.Luminance, quality), new JpegBlock(AnnexK.Chrominance, quality) };
        bits.Segment(0xDB, [0, .. transforms[0].Quantisers, 1, .. transforms[1].Quantisers]);
        bits.Segment(0xC0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
        bits.Segment(0xC4, [0x00, .. AnnexK.LuminanceDc, 0x10, .. AnnexK.LuminanceAc, 0x01, .. AnnexK.ChrominanceDc, 0x11, .. AnnexK.ChrominanceAc]);
        bits.Segment(0xDA, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
        Scan(width, height, painter, transforms, bits);
        bits.Flush();
        bits.Bytes([0xFF, 0xD9]);
        return bits.ToArray();
    }

    private static void Scan(int width, int height, RowPainter painter, JpegBlock[] transforms, JpegBits bits)
    {
        int across = (width + 15) / 16, wide = across * 16;
        var rgb = new byte[3 * width];
        float[] y = new float[wide * 16], cb = new float[wide * 4], cr = new float[wide * 4];
        var last = new int[3];
        var codes = new[] { (new JpegCode(AnnexK.LuminanceDc), new JpegCode(AnnexK.LuminanceAc)), (new JpegCode(AnnexK.ChrominanceDc), new JpegCode(AnnexK.ChrominanceAc)) };
        for (var top = 0; top < height; top += 16)
        {
            Array.Clear(cb);
            Array.Clear(cr);
            for (var row = 0; row < 16; row++)
            {
                if (top + row < height) painter(top + row, width, height, rgb);
                Split(rgb, width, wide, row, y, cb, cr);
            }
            for (var unit = 0; unit < across; unit++)
            {
                for (var part = 0; part < 4; part++)
                    transforms[0].Encode(y.AsSpan((part / 2 * 8 * wide) + unit * 16 + part % 2 * 8), wide, ref last[0], codes[0], bits);
                transforms[1].Encode(cb.AsSpan(unit * 8), wide / 2, ref last[1], codes[1], bits);
                transforms[1].Encode(cr.AsSpan(unit * 8), wide / 2, ref last[2], codes[1], bits);
            }
        }
    }

    /// <summary>RGB to Y'CbCr (JFIF 1.02, section Conversion to and from RGB); colours are the mean of four pixels. The edge is repeated.</summary>
    private static void Split(byte[] rgb, int width, int wide, int row, float[] y, float[] cb, float[] cr)
    {
        for (var x = 0; x < wide; x++)
        {
            var from = 3 * Math.Min(x, width - 1);
            float r = rgb[from], g = rgb[from + 1], b = rgb[from + 2];
            y[row * wide + x] = 0.299f * r + 0.587f * g + 0.114f * b - 128;
            var to = row / 2 * (wide / 2) + x / 2;
            cb[to] += 0.25f * (-0.168736f * r - 0.331264f * g + 0.5f * b);
            cr[to] += 0.25f * (0.5f * r - 0.418688f * g - 0.081312f * b);
        }
    }
}
