using System.Buffers.Binary;
using System.Text;
using PhotoGuard.Tests.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>A colour space with three primaries and one curve: what its profile says, and what its colours are in sRGB, in double precision.</summary>
/// <param name="Primaries">Chromaticities x, y of red, green and blue, to a white point of D65.</param>
/// <param name="ToLight">The curve: 0 to 1 stored, to 0 to 1 of light.</param>
internal sealed record TestColours(double[] Primaries, Func<double, double> ToLight)
{
    // The profile connection space's white (ICC.1:2022, 7.2.16) and that of the screens (CIE 15, 2 degrees).
    private static readonly double[] D50 = [0.9642, 1, 0.8249];
    private static readonly double[] D65 = [0.95047, 1, 1.08883];

    // K.M. Lam's cone responses, "Bradford" (ICC.1:2022, annex E).
    private static readonly double[,] Bradford = { { 0.8951, 0.2664, -0.1614 }, { -0.7502, 1.7135, 0.0367 }, { 0.0389, -0.0685, 1.0296 } };

    public static readonly TestColours DisplayP3 = new([0.680, 0.320, 0.265, 0.690, 0.150, 0.060], SrgbToLight);
    public static readonly TestColours Srgb = new([0.64, 0.33, 0.30, 0.60, 0.15, 0.06], SrgbToLight);
    public static readonly TestColours AdobeRgb = new([0.64, 0.33, 0.21, 0.71, 0.15, 0.06], stored => Math.Pow(stored, 563.0 / 256));

    /// <summary>IEC 61966-2-1.</summary>
    public static double SrgbToLight(double stored) => stored <= 0.04045 ? stored / 12.92 : Math.Pow((stored + 0.055) / 1.055, 2.4);

    private static double SrgbOfLight(double light) => light <= 0.0031308 ? light * 12.92 : 1.055 * Math.Pow(light, 1 / 2.4) - 0.055;

    /// <summary>Columns: XYZ of the three primaries, seen under D50.</summary>
    public double[,] ToD50 { get; } = Multiply(Adaption(), OfPrimaries(Primaries));

    /// <returns>0 to 255 each, not rounded; what sRGB cannot show is at its edge.</returns>
    public double[] InSrgb(double red, double green, double blue)
    {
        double[,] light = { { ToLight(red) }, { ToLight(green) }, { ToLight(blue) } };
        var shown = Multiply(Inverse(Srgb.ToD50), Multiply(ToD50, light));
        return [.. Enumerable.Range(0, 3).Select(k => 255 * SrgbOfLight(Math.Clamp(shown[k, 0], 0, 1)))];
    }

    public static double GreyInSrgb(double stored, double gamma) => 255 * SrgbOfLight(Math.Pow(stored, gamma));

    /// <summary>A display profile with a matrix and this curve three times.</summary>
    public byte[] MatrixProfile(int version, byte[] curve) => Profile(version, "RGB ",
        ("wtpt", Xyz(D50)), ("rXYZ", Xyz(Column(0))), ("gXYZ", Xyz(Column(1))), ("bXYZ", Xyz(Column(2))),
        ("rTRC", curve), ("gTRC", curve), ("bTRC", curve));

    /// <summary>The same colours by a table: the curve in its inputs, and between the corners of a cube the matrix.</summary>
    public byte[] TableProfile(int grid)
    {
        const int inputs = 1024;
        var table = new List<byte>();
        table.AddRange("mft2\0\0\0\0"u8);
        table.AddRange([3, 3, (byte)grid, 0]);
        for (var k = 0; k < 9; k++) table.AddRange(TestProfile.Four(k % 4 == 0 ? 0x10000 : 0));
        table.AddRange([.. Two(inputs), .. Two(2)]);
        for (var channel = 0; channel < 3; channel++)
            for (var k = 0; k < inputs; k++) table.AddRange(Two(65535 * ToLight(k / (inputs - 1.0))));
        for (var at = 0; at < grid * grid * grid; at++)
        {
            double[] light = [at / (grid * grid) / (grid - 1.0), at / grid % grid / (grid - 1.0), at % grid / (grid - 1.0)];
            // XYZ of 1 + 32767/32768 is the largest number.
            for (var k = 0; k < 3; k++) table.AddRange(Two(32768 * (ToD50[k, 0] * light[0] + ToD50[k, 1] * light[1] + ToD50[k, 2] * light[2])));
        }
        for (var channel = 0; channel < 3; channel++) table.AddRange([.. Two(0), .. Two(65535)]);
        return Profile(2, "RGB ", ("wtpt", Xyz(D50)), ("A2B0", [.. table]), ("A2B1", [.. table]));
    }

    public static byte[] GreyProfile(double gamma) => Profile(2, "GRAY", ("wtpt", Xyz(D50)), ("kTRC", GammaCurve(gamma)));

    /// <summary>IEC 61966-2-1 as a formula of type 3.</summary>
    public static byte[] SrgbFormula => [.. "para\0\0\0\0\0\u0003\0\0"u8, .. Fixed(2.4), .. Fixed(1 / 1.055), .. Fixed(0.055 / 1.055), .. Fixed(1 / 12.92), .. Fixed(0.04045)];

    public static byte[] GammaCurve(double gamma) => [.. "curv\0\0\0\0\0\0\0\u0001"u8, .. Two(gamma * 256)];

    public static byte[] SampledCurve(int samples) =>
        [.. "curv\0\0\0\0"u8, .. TestProfile.Four(samples), .. Enumerable.Range(0, samples).SelectMany(k => Two(65535 * SrgbToLight(k / (samples - 1.0))))];

    private double[] Column(int nth) => [ToD50[0, nth], ToD50[1, nth], ToD50[2, nth]];

    private static byte[] Profile(int version, string space, params (string Tag, byte[] Element)[] tags)
    {
        byte[] words = version == 4
            ? [.. "mluc\0\0\0\0\0\0\0\u0001\0\0\0\u000CenUS\0\0\0\u0008\0\0\0\u001C"u8, .. Encoding.BigEndianUnicode.GetBytes("test")]
            : [.. "desc\0\0\0\0\0\0\0\u0005test\0"u8, .. new byte[78]];
        var profile = TestProfile.Make(version, space, [("desc", words), ("cprt", version == 4 ? words : [.. "text\0\0\0\0none\0"u8]), .. tags]);
        // Date; flags and intent; the connection space's white. Nobody's words.
        profile.AsSpan(24, 12).Clear();
        (profile[25], profile[27], profile[29]) = (0xEA, 1, 1);
        profile.AsSpan(44, 24).Clear();
        Xyz(D50).AsSpan(8).CopyTo(profile.AsSpan(68));
        profile.AsSpan(80, 48).Clear();
        return profile;
    }

    private static double[,] OfPrimaries(double[] xy)
    {
        var columns = new double[3, 3];
        for (var k = 0; k < 3; k++)
        {
            var (x, y) = (xy[2 * k], xy[2 * k + 1]);
            (columns[0, k], columns[1, k], columns[2, k]) = (x / y, 1, (1 - x - y) / y);
        }
        var amounts = Multiply(Inverse(columns), new[,] { { D65[0] }, { D65[1] }, { D65[2] } });
        for (var k = 0; k < 9; k++) columns[k / 3, k % 3] *= amounts[k % 3, 0];
        return columns;
    }

    private static double[,] Adaption()
    {
        var (from, to) = (Multiply(Bradford, new[,] { { D65[0] }, { D65[1] }, { D65[2] } }), Multiply(Bradford, new[,] { { D50[0] }, { D50[1] }, { D50[2] } }));
        var scale = new double[3, 3];
        for (var k = 0; k < 3; k++) scale[k, k] = to[k, 0] / from[k, 0];
        return Multiply(Inverse(Bradford), Multiply(scale, Bradford));
    }

    private static double[,] Multiply(double[,] a, double[,] b)
    {
        var product = new double[3, b.GetLength(1)];
        for (var row = 0; row < 3; row++)
            for (var column = 0; column < b.GetLength(1); column++)
                for (var k = 0; k < 3; k++) product[row, column] += a[row, k] * b[k, column];
        return product;
    }

    private static double[,] Inverse(double[,] m)
    {
        var inverse = new double[3, 3];
        var determinant = 0.0;
        for (var k = 0; k < 3; k++) determinant += m[0, k] * (m[1, (k + 1) % 3] * m[2, (k + 2) % 3] - m[1, (k + 2) % 3] * m[2, (k + 1) % 3]);
        for (var row = 0; row < 3; row++)
            for (var column = 0; column < 3; column++)
                inverse[row, column] = (m[(column + 1) % 3, (row + 1) % 3] * m[(column + 2) % 3, (row + 2) % 3]
                    - m[(column + 1) % 3, (row + 2) % 3] * m[(column + 2) % 3, (row + 1) % 3]) / determinant;
        return inverse;
    }

    private static byte[] Xyz(double[] point) => [.. "XYZ \0\0\0\0"u8, .. point.SelectMany(Fixed)];

    private static byte[] Fixed(double number) => TestProfile.Four((int)Math.Round(number * 65536));

    private static byte[] Two(double number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)Math.Clamp(Math.Round(number), 0, 65535));
        return bytes;
    }
}
