using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PhotoGuard.Ingest.Pixels.Colour;

/// <summary>
/// From one RGB to sRGB by curves and a matrix: each byte stands for a share of three lights, shares are added, and the sum is
/// looked up in sRGB's curve. What lies outside sRGB becomes its nearest edge, as with every relative colorimetric conversion.
/// </summary>
internal sealed unsafe class MatrixColours
{
    // So many steps that the darkest, where sRGB is steepest, are a fifth of a byte apart.
    private const int Steps = 16383;

    // cmsTagSignature: the curves and colours of the three lights.
    private static readonly uint[] Curves = [0x7254_5243, 0x6754_5243, 0x6254_5243]; // rTRC gTRC bTRC
    private static readonly uint[] Lights = [0x7258_595A, 0x6758_595A, 0x6258_595A]; // rXYZ gXYZ bXYZ

    private static readonly byte[] SrgbCurve = [.. Enumerable.Range(0, Steps + 1).Select(step => SrgbByte((double)step / Steps))];

    private readonly Vector128<float>[] shares = new Vector128<float>[3 * 256];

    private MatrixColours()
    {
    }

    /// <returns>Null where either is not made of curves and a matrix.</returns>
    public static MatrixColours? Between(LcmsProfile from, LcmsProfile srgb)
    {
        // A profile may also hold tables for the same, which then come first.
        if (LibLcms.cmsIsMatrixShaper(from) == 0 || LibLcms.cmsIsTag(from, 0x4132_4230) != 0)
            return null;
        var made = new MatrixColours();
        if (Matrix(from) is not { } source || Matrix(srgb) is not { } target || Inverse(target) is not { } back)
            return null;
        for (var light = 0; light < 3; light++)
        {
            var curve = LibLcms.cmsReadTag(from, Curves[light]);
            if (curve == 0)
                return null;
            for (var value = 0; value < 256; value++)
            {
                var linear = LibLcms.cmsEvalToneCurveFloat(curve, value / 255f) * Steps;
                var share = Vector128.Create(
                    (float)(linear * Product(back, source, 0, light)), (float)(linear * Product(back, source, 1, light)),
                    (float)(linear * Product(back, source, 2, light)), 0);
                // A profile may say anything.
                if (!Vector128.LessThanAll(Vector128.Abs(share), Vector128.Create(1e9f)))
                    return null;
                made.shares[light * 256 + value] = share;
            }
        }
        return made;
    }

    /// <param name="pixels">Red, green and blue, a byte each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Convert(Span<byte> pixels)
    {
        fixed (Vector128<float>* red = shares)
        fixed (byte* curve = SrgbCurve, first = pixels)
        {
            Vector128<float>* green = red + 256, blue = red + 512;
            for (byte* pixel = first, end = first + pixels.Length; pixel < end; pixel += 3)
            {
                var light = red[pixel[0]] + green[pixel[1]] + blue[pixel[2]] + Vector128.Create(0.5f);
                var step = Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(light, default), Vector128.Create((float)Steps)));
                pixel[0] = curve[step.ToScalar()];
                pixel[1] = curve[step.GetElement(1)];
                pixel[2] = curve[step.GetElement(2)];
            }
        }
    }

    // IEC 61966-2-1, 5.2.
    private static byte SrgbByte(double linear) =>
        (byte)Math.Round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055));

    // Columns are the lights, rows X, Y and Z of the profile connection space.
    private static double[,]? Matrix(LcmsProfile profile)
    {
        var matrix = new double[3, 3];
        for (var light = 0; light < 3; light++)
        {
            var xyz = (double*)LibLcms.cmsReadTag(profile, Lights[light]);
            if (xyz is null)
                return null;
            for (var row = 0; row < 3; row++)
                matrix[row, light] = xyz[row];
        }
        return matrix;
    }

    private static double Product(double[,] a, double[,] b, int row, int column) =>
        a[row, 0] * b[0, column] + a[row, 1] * b[1, column] + a[row, 2] * b[2, column];

    // By cofactors; null where the lights do not span a space.
    private static double[,]? Inverse(double[,] m)
    {
        var inverse = new double[3, 3];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                var (r1, r2, c1, c2) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3);
                inverse[column, row] = m[r1, c1] * m[r2, c2] - m[r1, c2] * m[r2, c1];
            }
        }
        var determinant = m[0, 0] * inverse[0, 0] + m[0, 1] * inverse[1, 0] + m[0, 2] * inverse[2, 0];
        if (determinant == 0)
            return null;
        for (var i = 0; i < 9; i++)
            inverse[i / 3, i % 3] /= determinant;
        return inverse;
    }
}
