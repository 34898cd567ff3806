namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Which pixels each pixel of a smaller line is made of, and by how much: the Lanczos kernel with three lobes, widened by the
/// reduction (Turkowski, Filters for common resampling tasks, 1990).
/// </summary>
internal sealed class LanczosTaps
{
    private const int Lobes = 3;

    /// <param name="from">Pixels of the line, at least as many as <paramref name="to"/>.</param>
    /// <param name="to">Pixels of the smaller line, at least 1.</param>
    public LanczosTaps(int from, int to)
    {
        var reduction = (double)from / to;
        Count = Math.Min(from, 2 * (int)Math.Ceiling(Lobes * reduction));
        First = new int[to];
        Weights = new float[to * Count];
        for (var at = 0; at < to; at++)
        {
            // Centres of pixels lie at a half.
            var centre = (at + 0.5) * reduction - 0.5;
            First[at] = Math.Clamp((int)Math.Ceiling(centre - Count / 2.0), 0, from - Count);
            var sum = 0.0;
            for (var tap = 0; tap < Count; tap++)
                sum += Kernel((First[at] + tap - centre) / reduction);
            // They add up to one, at the edges too, where a part of the kernel lies outside.
            for (var tap = 0; tap < Count; tap++)
                Weights[at * Count + tap] = (float)(Kernel((First[at] + tap - centre) / reduction) / sum);
        }
    }

    /// <summary>Pixels that each is made of.</summary>
    public int Count { get; }

    /// <summary>For each pixel of the smaller line, the first one it is made of; never falling.</summary>
    public int[] First { get; }

    /// <summary><see cref="Count"/> for each pixel of the smaller line.</summary>
    public float[] Weights { get; }

    private static double Kernel(double x) => Math.Abs(x) >= Lobes ? 0 : Sinc(x) * Sinc(x / Lobes);

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
