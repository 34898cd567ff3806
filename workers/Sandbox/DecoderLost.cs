using PhotoGuard.Records.Work;

namespace PhotoGuard.Workers.Sandbox;

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
