namespace PhotoGuard.Workers.Sandbox;

/// <summary>How a child was lost.</summary>
public enum LossReason
{
    /// <summary>It ended by itself or was killed from outside.</summary>
    Died = 1,

    /// <summary>It held more memory than one picture may need.</summary>
    Memory = 2,

    /// <summary>It computed for longer than one picture may need.</summary>
    Cpu = 3,

    /// <summary>It gave no answer in time.</summary>
    Wall = 4,

    /// <summary>It answered what was not asked.</summary>
    Answer = 5,
}

/// <summary>
/// The child was lost while it had this picture. It has been killed and the next picture gets a new one. The same picture may be
/// tried again, a few times: it may itself be the cause.
/// </summary>
/// <param name="reason">How it was lost.</param>
/// <param name="hint">For the log only: it may quote the child.</param>
public sealed class DecoderLost(LossReason reason, string hint) : Exception($"The decoder was lost ({reason}). {hint}".TrimEnd())
{
    /// <summary>How it was lost.</summary>
    public LossReason Reason { get; } = reason;
}

/// <summary>
/// No child can be started on this machine: bubblewrap or libvips is missing, or namespaces are forbidden. It says nothing about
/// the picture; the message says what to do.
/// </summary>
public sealed class DecoderUnavailable(string message, Exception? cause = null) : Exception(message, cause);
