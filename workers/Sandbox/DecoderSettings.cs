namespace PhotoGuard.Workers.Sandbox;

/// <summary>Limits and size of the <see cref="Decoder"/>.</summary>
public sealed record DecoderSettings
{
    /// <summary>Environment variable: 1 allows decoding where bubblewrap is missing. Shown in red on the health page.</summary>
    public const string UnsandboxedVariable = "PHOTOGUARD_DECODE_UNSANDBOXED";

    /// <summary>Environment variable: how many children at most.</summary>
    public const string ChildrenVariable = "PHOTOGUARD_DECODE_CHILDREN";

    /// <summary>Children at most, so pictures decoded at the same time.</summary>
    public int Children { get; init; } = Environment.ProcessorCount;

    /// <summary>Decode outside a sandbox where there is no bubblewrap.</summary>
    public bool AllowUnsandboxed { get; init; }

    /// <summary>The bubblewrap executable; null where there is none.</summary>
    public string? Bubblewrap { get; init; } = Executables.Find("bwrap");

    /// <summary>For one picture, its way to the child and back included.</summary>
    public TimeSpan Wall { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Processor time for one picture, all threads.</summary>
    public TimeSpan Cpu { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Resident bytes of a child: a 48 MP HEIC needs about 300 MB.</summary>
    public long ResidentBytes { get; init; } = 512L << 20;

    /// <summary>Pictures after which a child is replaced, which also ends the slow growth that HEIC causes.</summary>
    public int PicturesPerChild { get; init; } = 200;

    /// <summary>Resident bytes after a picture above which a child is replaced: heaps keep what one large picture needed.</summary>
    public long ResidentBytesKept { get; init; } = 250L << 20;

    /// <summary>For a child to say hello, on a machine that is busy.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The program in the sandbox, asked for at each start; tests put hostile ones there.</summary>
    internal Func<ConfinedProgram> Program { get; init; } = () => Executables.DecodeChild;

    /// <summary>Defaults, changed by the environment.</summary>
    public static DecoderSettings FromEnvironment()
    {
        var settings = new DecoderSettings { AllowUnsandboxed = Environment.GetEnvironmentVariable(UnsandboxedVariable) == "1" };
        return int.TryParse(Environment.GetEnvironmentVariable(ChildrenVariable), out var children) && children >= 1
            ? settings with { Children = children }
            : settings;
    }
}
