using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Photos;

/// <summary>The <c>print</c> size is made when it is first asked for.</summary>
public sealed class PrintOnDemand(RecordsDb db)
{
    /// <summary>How long the first asker waits; the contract's 60 s hold for the size itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    /// <summary>Queues the size and waits for it. To be called once the asker is known to be allowed.</summary>
    /// <exception cref="Refusal"><c>rendition-not-ready</c> 404: it takes longer; ask again.</exception>
    public async Task EnsureAsync(Guid school, Guid photo, CancellationToken cancel)
    {
        if (await IsThereAsync(photo, cancel)) return;
        await WorkQueue.EnqueueAsync(db, school, WorkKinds.RenderPrint, photo, cancel);
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            await Task.Delay(Look, cancel);
            if (await IsThereAsync(photo, cancel)) return;
        }
    }

    private Task<bool> IsThereAsync(Guid photo, CancellationToken cancel) =>
        db.Objects.AnyAsync(row => row.PhotoId == photo && row.Kind == ObjectKind.Print && row.StoredAt != null, cancel);
}
