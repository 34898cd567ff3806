namespace PhotoGuard.Workers.Demo;

/// <summary>A field day: sky, sun, hills and some children as round heads over coloured coats. The seed moves and colours them.</summary>
public sealed class DemoScene
{
    private readonly (double X, double Y, double Size, int Coat, int Skin)[] children;
    private readonly double sunX, sunY, hillPhase;
    private readonly int sky;

    /// <param name="seed">The same number gives the same scene.</param>
    public DemoScene(int seed)
    {
        var random = new Sequence((uint)seed * 2654435761u + 1);
        sunX = random.Next(0.1, 0.9);
        sunY = random.Next(0.08, 0.25);
        hillPhase = random.Next(0, 6);
        sky = random.Pick(0x5FA8E6, 0x7FC4F0, 0x8FB4D8, 0xF0B48C);
        children = new (double, double, double, int, int)[3 + (int)random.Next(0, 3.99)];
        for (var c = 0; c < children.Length; c++)
            children[c] = ((c + random.Next(0.3, 0.7)) / children.Length, random.Next(0.58, 0.68), random.Next(0.05, 0.075),
                random.Pick(0xD83A3A, 0x2F6FD0, 0xE8B020, 0x2FA05A, 0x8A4FC0, 0xE87820), random.Pick(0xF0C8A0, 0xC89060, 0x8A5A38, 0x5A3A24));
    }

    /// <summary>One row of RGB bytes; row and columns are taken as parts of the whole, so that a thumbnail shows the same.</summary>
    public void PaintRow(int row, int width, int height, Span<byte> rgb)
    {
        var y = (row + 0.5) / height;
        var aspect = (double)width / height;
        for (var column = 0; column < width; column++)
        {
            var x = (column + 0.5) / width;
            var colour = ColourAt(x, y, aspect);
            var grain = (int)((uint)(column * 73856093 ^ row * 19349663) * 2654435761u >> 29) - 4;
            rgb[3 * column] = Level((colour >> 16) + grain);
            rgb[3 * column + 1] = Level((colour >> 8 & 255) + grain);
            rgb[3 * column + 2] = Level((colour & 255) + grain);
        }
    }

    private int ColourAt(double x, double y, double aspect)
    {
        foreach (var child in children)
        {
            double dx = (x - child.X) * aspect, dy = y - child.Y;
            if (dx * dx + dy * dy < child.Size * child.Size) return child.Skin;
            var below = dy - child.Size * 0.8;
            if (below > 0 && below < child.Size * 3.2 && Math.Abs(dx) < child.Size * (0.7 + below * 2)) return child.Coat;
        }
        var near = 0.72 + 0.04 * Math.Sin(4 * x + hillPhase);
        if (y > near) return Mix(0x6FB04A, 0x3F7A2C, (y - near) * 3);
        var far = 0.55 + 0.08 * Math.Sin(7 * x + 2 * hillPhase);
        if (y > far) return Mix(0x8FB890, 0x5F9060, (y - far) * 5);
        double sx = (x - sunX) * aspect, sy = y - sunY;
        return sx * sx + sy * sy < 0.004 ? 0xFFF0B0 : Mix(sky, 0xF4F8FF, y * 1.6);
    }

    private static int Mix(int from, int to, double part)
    {
        var p = (int)(256 * Math.Clamp(part, 0, 1));
        int Blend(int shift) => ((from >> shift & 255) * (256 - p) + (to >> shift & 255) * p) >> 8;
        return Blend(16) << 16 | Blend(8) << 8 | Blend(0);
    }

    private static byte Level(int value) => (byte)Math.Clamp(value, 0, 255);

    /// <summary>Numbers that are the same on every machine and in every version.</summary>
    private sealed class Sequence(uint state)
    {
        private uint state = state | 1;

        internal double Next(double from, double to)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return from + (to - from) * (state / (double)uint.MaxValue);
        }

        internal int Pick(params ReadOnlySpan<int> choices) => choices[(int)Next(0, choices.Length - 0.001)];
    }
}
