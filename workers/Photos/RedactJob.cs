using Microsoft.Extensions.Logging;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Sandbox;
using Redaction = PhotoGuard.Records.Photos.Redaction;

namespace PhotoGuard.Workers.Photos;

/// <summary>
/// Makes one redacted picture. Run twice it does no harm: what is made or came to nothing is not made again, and only the holder of the
/// claim can finish.
/// </summary>
public sealed class RedactJob(
    PhotoOpening opening, RedactionWork work, RedactionIntake intake, WorkQueue queue, Decoder decoder, ILogger<RedactJob> log)
{
    public async Task DoAsync(WorkItem item, CancellationToken cancel)
    {
        try
        {
            if (await work.FindAsync(item.Subject, cancel) is not { } asked)
            {
                await queue.CompleteAsync(item, cancel);
                return;
            }
            var burned = await BurnAsync(asked, cancel);
            await intake.KeepAsync(item, asked, burned.Bytes, cancel);
        }
        catch (Refusal gone) when (gone.Status == 410)
        {
            // The source was held, hidden or removed meanwhile.
            await work.DropAsync(item, cancel);
        }
        catch (Refusal twice) when (twice.Type == RedactionIntake.Duplicate)
        {
            await work.FailAsync(item, RedactionIntake.Duplicate, null, cancel);
        }
        catch (PictureUndecodable undecodable)
        {
            log.LogWarning("The redaction {Redaction} cannot be made: {Reason}.", item.Subject, undecodable.Reason);
            await work.FailAsync(item, "cannot-be-decoded", $"cannot be decoded: {undecodable.Reason}", cancel);
        }
    }

    private async Task<Rendition> BurnAsync(Redaction asked, CancellationToken cancel)
    {
        var opened = await opening.OpenAsync(Act.OfSystem(asked.SchoolId), asked.SourceId, ObjectKind.Original, null, cancel);
        await using var content = opened.Content;
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancel);
        var kind = (PictureKind)Words.Parse<PhotoKind>(opened.Object.Format)!.Value;
        BurnBox[] boxes = [.. asked.Areas.Select(box => new BurnBox(box.Left, box.Top, box.Width, box.Height))];
        return await decoder.RedactAsync(bytes, kind, boxes, asked.Fill == RedactionFill.Average ? BurnFill.Average : BurnFill.Solid, cancel);
    }
}
