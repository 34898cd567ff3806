namespace PhotoGuard.Ingest.Pixels;

/// <summary>What is burned into a box.</summary>
public enum BurnFill : byte
{
    /// <summary>Black.</summary>
    Solid = 1,

    /// <summary>One colour, the mean of what was there. Boxes that touch one another share it.</summary>
    Average = 2,
}

/// <summary>A box to be burned into a picture: parts, 0 to 1, of the upright picture's width and height, from its top left corner.</summary>
/// <param name="Left">0 or more, below 1.</param>
/// <param name="Top">0 or more, below 1.</param>
/// <param name="Width">Above 0; not beyond the right edge.</param>
/// <param name="Height">Above 0; not beyond the lower edge.</param>
public readonly record struct BurnBox(double Left, double Top, double Width, double Height)
{
    /// <summary>Most boxes in one picture.</summary>
    public const int Most = 100;

    // Sums of parts that were rounded when they were written down: a billionth is far below a pixel.
    private const double Slack = 1e-9;

    /// <summary>Whether it has a size and lies within the picture; a box that is no number does not.</summary>
    public bool LiesWithin =>
        Left >= 0 && Top >= 0 && Width > 0 && Height > 0 && Left + Width <= 1 + Slack && Top + Height <= 1 + Slack;
}
