using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Audit;

/// <summary>
/// Who looks is written down in a commit of its own before anything of the record leaves (law 7). One of them serves one request: a page that
/// shows a pupil's standing, answers and guardians has opened the pupil once.
/// </summary>
public sealed class ReadLog(RecordsDb db)
{
    private readonly HashSet<Guid> opened = [];

    /// <summary>The record of a pupil is about to be shown.</summary>
    public async Task PupilOpenedAsync(Act act, Guid pupil, CancellationToken cancel)
    {
        if (opened.Contains(pupil)) return;
        await WriteAsync(act, new("pupil.opened", null, "pupil", pupil.ToString()), cancel);
        opened.Add(pupil);
    }

    /// <summary>Names of pupils are about to be shown.</summary>
    /// <param name="className">Null for those of the whole school.</param>
    public Task PupilsListedAsync(Act act, string? className, int pupils, CancellationToken cancel) =>
        // What was asked for and is no class may be a name that somebody typed.
        WriteAsync(act, new("pupils.listed", Details: new { @class = pupils > 0 ? className : null, pupils }), cancel);

    /// <summary>Part of the audit is about to be shown.</summary>
    /// <param name="after">The position it begins after.</param>
    public Task AuditReadAsync(Act act, long after, int entries, CancellationToken cancel) =>
        WriteAsync(act, new("audit.read", Details: new { after, entries }), cancel);

    /// <summary>Who opened this photo is about to be shown.</summary>
    public Task OpeningsReadAsync(Act act, Guid photo, int entries, CancellationToken cancel) =>
        WriteAsync(act, new("audit.read", photo, Details: new { entries }), cancel);

    /// <summary>Who opened the record of this pupil is about to be shown.</summary>
    public Task PupilOpeningsReadAsync(Act act, Guid pupil, int entries, CancellationToken cancel) =>
        WriteAsync(act, new("audit.read", null, "pupil", pupil.ToString(), new { entries }), cancel);

    /// <summary>A look is nobody's answer to a write: what a write remembers is finished by the write alone.</summary>
    private Task WriteAsync(Act act, AuditEvent looked, CancellationToken cancel)
    {
        if (db.Database.CurrentTransaction is not null) throw new InvalidOperationException("What is read in an operation is no look of its own.");
        return db.CommitAsync(act with { Request = null }, cancel, looked);
    }
}
