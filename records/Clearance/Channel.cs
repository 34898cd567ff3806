namespace PhotoGuard.Records.Clearance;

/// <summary>Where an image may be seen, each consented to alone (policies.md, Channels).</summary>
public enum Channel
{
    /// <summary>Lessons, staff, the child's own record. The root: permission that the picture exists at all (P1).</summary>
    Internal,

    /// <summary>Places in school that visitors reach.</summary>
    Display,

    /// <summary>Print or mail to families.</summary>
    Newsletter,

    Website,

    /// <summary>The school's social media.</summary>
    Social,

    Press,
}

public static class Channels
{
    public static IReadOnlyList<Channel> All { get; } = Enum.GetValues<Channel>();

    /// <summary>Publicity use (P3): every channel but <see cref="Channel.Internal"/>.</summary>
    public static bool IsPublicity(this Channel channel) => channel != Channel.Internal;
}
