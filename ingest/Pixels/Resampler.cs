using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Makes pictures smaller: Lanczos with three lobes, down the columns and then along the rows, in floating point with one rounding at
/// the end. Of our own because libvips 8.14 does the rows without vector instructions: 110 ms for what takes 20 here, which would be
/// the largest part of a rendition. Its loops are compiled at their best at once: a child is young for most of its life.
/// </summary>
internal static unsafe class Resampler
{
    /// <summary>Is given each row of the result, three bytes a pixel, before the next is computed.</summary>
    public delegate void RowPainter(Span<byte> row);

    /// <summary>The size of a picture with no side longer than <paramref name="side"/>, never enlarged.</summary>
    public static (int Width, int Height) Within(int width, int height, int side)
    {
        var scale = Math.Min(1, (double)side / Math.Max(width, height));
        return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    /// <param name="image">Three bytes a pixel; its rows are asked for once, from the top.</param>
    /// <param name="size">No side longer than the image's own.</param>
    /// <param name="paint">Changes rows in place.</param>
    /// <exception cref="VipsFailure">The pixels cannot be decoded, which shows only here.</exception>
    public static PixelBuffer Make(VipsImage image, (int Width, int Height) size, RowPainter paint)
    {
        var made = new PixelBuffer(size.Width, size.Height);
        try
        {
            using var rows = new VipsRows(image);
            if (size == (image.Width, image.Height))
                Copy(rows, made, paint);
            else
                Reduce(rows, made, paint);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private static void Copy(VipsRows rows, PixelBuffer made, RowPainter paint)
    {
        for (var y = 0; y < made.Height; y++)
        {
            rows.Next().CopyTo(made.Row(y));
            paint(made.Row(y));
        }
    }

    private static void Reduce(VipsRows rows, PixelBuffer made, RowPainter paint)
    {
        var (down, along) = (new LanczosTaps(rows.Height, made.Height), new LanczosTaps(rows.Width, made.Width));
        // Whole steps of the loops below, and what the last pixel reads beyond its own three numbers.
        var step = 4 * Vector<float>.Count;
        var stride = (rows.Width * 3 + 1 + step - 1) / step * step;
        // Only the rows that the next one is made of, in turn.
        var kept = new float[(down.Count + 1) * stride];
        fixed (float* start = kept, alongWeights = along.Weights, downWeights = down.Weights)
        {
            var column = start + down.Count * stride;
            var from = stackalloc float*[down.Count];
            var read = 0;
            for (var y = 0; y < made.Height; y++)
            {
                var first = down.First[y];
                for (; read < first + down.Count; read++)
                    Widen(rows.Next(), start + read % down.Count * stride);
                for (var tap = 0; tap < down.Count; tap++)
                    from[tap] = start + (first + tap) % down.Count * stride;
                Down(from, downWeights + y * down.Count, down.Count, column, stride);
                Along(column, along, alongWeights, made.Row(y));
                paint(made.Row(y));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(ReadOnlySpan<byte> row, float* to)
    {
        var (i, lanes) = (0, Vector<float>.Count);
        for (; i + 4 * lanes <= row.Length; i += 4 * lanes)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Vector.ConvertToSingle(a).Store(to + i);
            Vector.ConvertToSingle(b).Store(to + i + lanes);
            Vector.ConvertToSingle(c).Store(to + i + 2 * lanes);
            Vector.ConvertToSingle(d).Store(to + i + 3 * lanes);
        }
        for (; i < row.Length; i++)
            to[i] = row[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down(float** rows, float* weights, int taps, float* to, int length)
    {
        var lanes = Vector<float>.Count;
        for (var x = 0; x < length; x += 4 * lanes)
        {
            Vector<float> a = default, b = default, c = default, d = default;
            for (var tap = 0; tap < taps; tap++)
            {
                var weight = new Vector<float>(weights[tap]);
                var row = rows[tap] + x;
                a = Vector.FusedMultiplyAdd(Vector.Load(row), weight, a);
                b = Vector.FusedMultiplyAdd(Vector.Load(row + lanes), weight, b);
                c = Vector.FusedMultiplyAdd(Vector.Load(row + 2 * lanes), weight, c);
                d = Vector.FusedMultiplyAdd(Vector.Load(row + 3 * lanes), weight, d);
            }
            a.Store(to + x);
            b.Store(to + x + lanes);
            c.Store(to + x + 2 * lanes);
            d.Store(to + x + 3 * lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Along(float* row, LanczosTaps along, float* weights, Span<byte> to)
    {
        var taps = along.Count;
        fixed (byte* first = to)
        {
            var made = first;
            foreach (var at in along.First)
            {
                // Red, green and blue together; the fourth lane is the next pixel's and of no use. Two sums, that need not wait
                // for one another.
                var (even, odd) = (Vector128.Create(0.5f), default(Vector128<float>));
                float* pixel = row + at * 3, end = weights + taps;
                for (; weights + 1 < end; weights += 2, pixel += 6)
                {
                    even = Vector128.FusedMultiplyAdd(Vector128.Load(pixel), Vector128.Create(weights[0]), even);
                    odd = Vector128.FusedMultiplyAdd(Vector128.Load(pixel + 3), Vector128.Create(weights[1]), odd);
                }
                for (; weights < end; weights++, pixel += 3)
                    even = Vector128.FusedMultiplyAdd(Vector128.Load(pixel), Vector128.Create(*weights), even);
                var whole = Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(even + odd, default), Vector128.Create(255f)));
                made[0] = (byte)whole.ToScalar();
                made[1] = (byte)whole.GetElement(1);
                made[2] = (byte)whole.GetElement(2);
                made += 3;
            }
        }
    }
}
