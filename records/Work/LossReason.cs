namespace PhotoGuard.Records.Work;

/// <summary>How a decoder was lost while it had a picture.</summary>
public enum LossReason
{
    /// <summary>It ended by itself: an exit, or a signal that its own doing causes (SIGSEGV, SIGABRT).</summary>
    Died,

    /// <summary>It held more memory, or more threads, than one picture may need.</summary>
    Memory,

    /// <summary>It computed for longer than one picture may need.</summary>
    Cpu,

    /// <summary>It gave no answer in time.</summary>
    Wall,

    /// <summary>It answered what was not asked: it may have been taken over.</summary>
    Answer,

    /// <summary>A signal ended it that comes from outside: an operator, or the kernel when the machine ran out of memory.</summary>
    Killed,
}

/// <summary>What a loss says about the picture.</summary>
public static class LossReasons
{
    /// <summary>Whether it counts against the picture. Who kills processes at random must not set pictures aside.</summary>
    public static bool IsOfThePicture(this LossReason reason) => reason != LossReason.Killed;

    /// <summary>For people, after "its decoder".</summary>
    public static string InWords(this LossReason reason) => reason switch
    {
        LossReason.Died => "ended in the middle of it",
        LossReason.Memory => "needed more memory for it than a picture may",
        LossReason.Cpu => "computed longer on it than a picture may",
        LossReason.Wall => "gave no answer in time",
        LossReason.Answer => "answered what was not asked, so it may have been taken over",
        LossReason.Killed => "was killed from outside",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
