namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Which pixels are burned, as the rows of the picture lie in its file. Every box is rounded outward and widened; boxes that then
/// overlap or touch are one patch of one colour, since many small boxes of a mean each are a mosaic, and a mosaic of a face is a
/// picture of it.
/// </summary>
internal sealed class BurnedArea
{
    /// <summary>
    /// Pixels by which a box is widened on every side. Coded blocks that straddle its edge carry ringing of what is inside: a JPEG's
    /// reach 16 pixels with halved colours, the smoothing of its colours across blocks included.
    /// </summary>
    public const int Margin = 16;

    private BurnedArea(IReadOnlyList<Band> bands, int patches) => (Bands, Patches) = (bands, patches);

    /// <summary>From the top down, without overlap.</summary>
    public IReadOnlyList<Band> Bands { get; }

    /// <summary>How many patches there are, each of one colour.</summary>
    public int Patches { get; }

    /// <param name="boxes">At least one, each within the picture.</param>
    /// <param name="width">Of the picture as stored, before it is turned upright.</param>
    /// <param name="height">As <paramref name="width"/>.</param>
    /// <param name="orientation">By which it is turned upright: Exif 2.32, 4.6.4, tag 274; 1 to 8.</param>
    public static BurnedArea Of(IReadOnlyList<BurnBox> boxes, int width, int height, int orientation)
    {
        var rectangles = boxes.Select(box => Stored(Upright(box, width, height, orientation), width, height, orientation)).ToArray();
        var patch = Patch(rectangles, out var patches);
        var edges = rectangles.SelectMany(one => new[] { one.Top, one.Bottom }).Distinct().Order().ToArray();
        var bands = new List<Band>();
        for (var nth = 0; nth + 1 < edges.Length; nth++)
        {
            var (top, bottom) = (edges[nth], edges[nth + 1]);
            var runs = Runs(rectangles, patch, top);
            if (runs.Length > 0) bands.Add(new(top, bottom, runs));
        }
        return new(bands, patches);
    }

    private static Rectangle Upright(BurnBox box, int width, int height, int orientation)
    {
        var (across, down) = orientation >= 5 ? (height, width) : (width, height);
        return new(
            Math.Max(0, (int)Math.Floor(box.Left * across) - Margin),
            Math.Max(0, (int)Math.Floor(box.Top * down) - Margin),
            Math.Min(across, (int)Math.Ceiling((box.Left + box.Width) * across) + Margin),
            Math.Min(down, (int)Math.Ceiling((box.Top + box.Height) * down) + Margin));
    }

    // The picture is turned last, when it is small; so the boxes are turned back instead.
    private static Rectangle Stored(Rectangle it, int width, int height, int orientation) => orientation switch
    {
        2 => new(width - it.Right, it.Top, width - it.Left, it.Bottom),
        3 => new(width - it.Right, height - it.Bottom, width - it.Left, height - it.Top),
        4 => new(it.Left, height - it.Bottom, it.Right, height - it.Top),
        5 => new(it.Top, it.Left, it.Bottom, it.Right),
        6 => new(it.Top, height - it.Right, it.Bottom, height - it.Left),
        7 => new(width - it.Bottom, height - it.Right, width - it.Top, height - it.Left),
        8 => new(width - it.Bottom, it.Left, width - it.Top, it.Right),
        _ => it,
    };

    private static int[] Patch(Rectangle[] rectangles, out int patches)
    {
        var patch = new int[rectangles.Length];
        Array.Fill(patch, -1);
        patches = 0;
        var reached = new Stack<int>();
        for (var first = 0; first < rectangles.Length; first++)
        {
            if (patch[first] >= 0) continue;
            patch[first] = patches;
            reached.Push(first);
            while (reached.TryPop(out var one))
            {
                for (var other = 0; other < rectangles.Length; other++)
                {
                    if (patch[other] >= 0 || !rectangles[one].Touches(rectangles[other])) continue;
                    patch[other] = patches;
                    reached.Push(other);
                }
            }
            patches++;
        }
        return patch;
    }

    // Rectangles of different patches never meet, so that what is merged is of one patch.
    private static Run[] Runs(Rectangle[] rectangles, int[] patch, int row)
    {
        var runs = new List<Run>();
        foreach (var nth in Enumerable.Range(0, rectangles.Length)
            .Where(nth => rectangles[nth].Top <= row && row < rectangles[nth].Bottom).OrderBy(nth => rectangles[nth].Left))
        {
            var (left, right) = (rectangles[nth].Left, rectangles[nth].Right);
            if (runs.Count > 0 && left <= runs[^1].Right) runs[^1] = runs[^1] with { Right = Math.Max(right, runs[^1].Right) };
            else runs.Add(new(left, right, patch[nth]));
        }
        return [.. runs];
    }

    /// <summary>Rows <paramref name="Top"/> up to and without <paramref name="Bottom"/> have the same runs.</summary>
    internal sealed record Band(int Top, int Bottom, Run[] Runs);

    /// <summary>Pixels <paramref name="Left"/> up to and without <paramref name="Right"/> of a row belong to a patch.</summary>
    internal readonly record struct Run(int Left, int Right, int Patch);

    private readonly record struct Rectangle(int Left, int Top, int Right, int Bottom)
    {
        public bool Touches(Rectangle other) =>
            Left <= other.Right && other.Left <= Right && Top <= other.Bottom && other.Top <= Bottom;
    }
}
