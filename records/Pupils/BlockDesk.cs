using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Pupils;

/// <summary>The safeguarding lead blocks pictures of a pupil: cleared for nothing from the commit on, nothing destroyed.</summary>
public sealed class BlockDesk(RecordsDb db, PupilDesk pupils, KeyStore keys, Removals removals)
{
    /// <summary>Places the block.</summary>
    /// <param name="reason">Seen by the safeguarding lead alone.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>blocked-already</c> 409 · <c>invalid</c> 422.</exception>
    public async Task PlaceAsync(Act act, string misId, string reason, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.BlockPupil.Must(act.By);
        reason = Fields.Needed(reason, "reason", 1000);

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPupilsToChangeAsync([pupil.Id], cancel);
        if (await StandingAsync(pupil.Id, cancel) is not null)
            throw new Refusal("blocked-already", 409, "Pictures of this pupil are blocked already.");
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel) ?? throw Refusals.NotFound("pupil");
        var id = Guid.CreateVersion7();
        var block = new SafeguardingBlock
        {
            Id = id,
            SchoolId = act.SchoolId,
            PupilId = pupil.Id,
            Reason = SafeguardingBlock.Sealed(reason, text, id),
            PlacedBy = act.By.Person,
        };
        db.SafeguardingBlocks.Add(block);
        await db.SaveChangesAsync(cancel);
        await db.FollowPupilAsync(removals, act, pupil.Id, cancel);
        act.Answers(200, block.Id);
        await db.CommitAsync(act, cancel, Happened("pupil.blocked", block));
    }

    /// <summary>Lifts the block that stands.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404, also where none stands · <c>role-may-not</c> 403.</exception>
    public async Task LiftAsync(Act act, string misId, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.BlockPupil.Must(act.By);

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPupilsToChangeAsync([pupil.Id], cancel);
        var block = await StandingAsync(pupil.Id, cancel) ?? throw Refusals.NotFound("block");
        (block.LiftedAt, block.LiftedBy) = (await db.NowAsync(cancel), act.By.Person);
        await db.SaveChangesAsync(cancel);
        await db.FollowPupilAsync(removals, act, pupil.Id, cancel);
        act.Answers(200, block.Id);
        await db.CommitAsync(act, cancel, Happened("pupil.unblocked", block));
    }

    /// <summary>A block, standing or lifted.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404, to everyone but the safeguarding lead.</exception>
    public async Task<SafeguardingBlock> ShowAsync(Act act, Guid id, CancellationToken cancel)
    {
        Rights.SeeBlock.Must(act.By);
        var block = await db.SafeguardingBlocks.AsNoTracking().SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == id, cancel)
            ?? throw Refusals.NotFound("block");
        block.Open(await keys.TextAsync(act.SchoolId, block.PupilId, cancel));
        return block;
    }

    private Task<SafeguardingBlock?> StandingAsync(Guid pupil, CancellationToken cancel) =>
        db.SafeguardingBlocks.SingleOrDefaultAsync(row => row.PupilId == pupil && row.LiftedAt == null, cancel);

    private static AuditEvent Happened(string what, SafeguardingBlock block) =>
        new(what, null, "pupil", block.PupilId.ToString(), new { block = block.Id });
}
