using System.Numerics;

namespace PhotoGuard.Workers.Demo;

/// <summary>Transforms, quantises and writes blocks of 8 × 8 samples. T.81 sections A.3.3 and F.1.2.</summary>
internal sealed class JpegBlock
{
    private static readonly float[] Cosines = MakeCosines();
    private readonly float[] inverse = new float[64];
    private readonly float[] rows = new float[64], result = new float[64];
    private readonly int[] zigzagged = new int[64];

    /// <param name="table">Quantisers by row and column.</param>
    /// <param name="quality">1 to 100, scaled the way the Independent JPEG Group does.</param>
    internal JpegBlock(ReadOnlySpan<byte> table, int quality)
    {
        var scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        for (var k = 0; k < 64; k++)
        {
            var place = AnnexK.Zigzag[k];
            Quantisers[k] = (byte)Math.Clamp((table[place] * scale + 50) / 100, 1, 255);
            inverse[place] = 1f / Quantisers[k];
        }
    }

    /// <summary>In zigzag order, as a DQT segment holds them.</summary>
    internal byte[] Quantisers { get; } = new byte[64];

    internal void Encode(ReadOnlySpan<float> samples, int stride, ref int lastDc, (JpegCode Dc, JpegCode Ac) codes, JpegBits bits)
    {
        Transform(samples, stride);
        for (var k = 0; k < 64; k++)
        {
            var place = AnnexK.Zigzag[k];
            zigzagged[k] = (int)MathF.Round(result[place] * inverse[place]);
        }
        var difference = zigzagged[0] - lastDc;
        lastDc = zigzagged[0];
        Put(codes.Dc, 0, difference, bits);
        var run = 0;
        for (var k = 1; k < 64; k++)
        {
            if (zigzagged[k] == 0)
            {
                run++;
                continue;
            }
            for (; run > 15; run -= 16) codes.Ac.Write(0xF0, bits);
            Put(codes.Ac, run << 4, zigzagged[k], bits);
            run = 0;
        }
        if (run > 0) codes.Ac.Write(0, bits);
    }

    private static void Put(JpegCode code, int run, int value, JpegBits bits)
    {
        var size = 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));
        code.Write(run | size, bits);
        bits.Code(value < 0 ? value - 1 : value, size);
    }

    private void Transform(ReadOnlySpan<float> samples, int stride)
    {
        for (var row = 0; row < 8; row++)
        {
            var from = samples.Slice(row * stride, 8);
            for (var u = 0; u < 8; u++)
            {
                var sum = 0f;
                for (var x = 0; x < 8; x++) sum += from[x] * Cosines[8 * u + x];
                rows[8 * row + u] = sum;
            }
        }
        for (var u = 0; u < 8; u++)
            for (var v = 0; v < 8; v++)
            {
                var sum = 0f;
                for (var row = 0; row < 8; row++) sum += rows[8 * row + u] * Cosines[8 * v + row];
                result[8 * v + u] = sum;
            }
    }

    private static float[] MakeCosines()
    {
        var table = new float[64];
        for (var u = 0; u < 8; u++)
            for (var x = 0; x < 8; x++)
                table[8 * u + x] = (float)(0.5 * (u == 0 ? Math.Sqrt(0.5) : 1) * Math.Cos((2 * x + 1) * u * Math.PI / 16));
        return table;
    }
}
