using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Sandbox;
using Microsoft.Extensions.Logging;

namespace PhotoGuard.Workers.Photos;

/// <summary>
/// Makes renditions of one photo. Run twice it does no harm: what is there already is not made again, and only the holder of the
/// claim can finish. That a decoder was lost is for whoever called it to note.
/// </summary>
public sealed class RenderJob(PhotoOpening opening, RenditionDesk desk, WorkQueue queue, Decoder decoder, ILogger<RenderJob> log)
{
    public async Task DoAsync(WorkItem item, IReadOnlyList<ObjectKind> kinds, CancellationToken cancel)
    {
        try
        {
            if (await desk.HasAsync(item.Subject, kinds, cancel) || await desk.KindAsync(item.Subject, cancel) is not { } kind)
            {
                await queue.CompleteAsync(item, cancel);
                return;
            }
            var original = await ReadAsync(item, cancel);
            RenditionSpec[] specs = [.. kinds.Select(Spec)];
            using var step = Signals.StartStep("renditions", specs.Length);
            var made = item.Losses > 0
                ? await decoder.RenderAloneAsync(original, (PictureKind)kind, specs, cancel)
                : await decoder.RenderAsync(original, (PictureKind)kind, specs, cancel);
            // What the child made is an outside file like any other until the second check has accounted for every byte of it.
            foreach (var rendition in made) PictureCheck.Verify(rendition.Bytes.Span);
            await desk.KeepAsync(item, [.. kinds.Zip(made, Made)], cancel);
        }
        catch (Refusal gone) when (gone.Status == 410)
        {
            // Removed or held meanwhile: a removal needs no renditions, and a released hold queues them again.
            await queue.CompleteAsync(item, cancel);
        }
        catch (PictureUndecodable undecodable)
        {
            log.LogWarning("The photo {Photo} cannot be shown: {Reason}.", item.Subject, undecodable.Reason);
            await queue.SetAsideAsync(item, $"Set aside: the picture cannot be decoded ({undecodable.Reason}). Trying again gives the same answer.", cancel);
        }
    }

    private async Task<byte[]> ReadAsync(WorkItem item, CancellationToken cancel)
    {
        var opened = await opening.OpenAsync(Act.OfSystem(item.SchoolId), item.Subject, ObjectKind.Original, null, cancel);
        await using var content = opened.Content;
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    private static RenditionSpec Spec(ObjectKind kind) => kind switch
    {
        ObjectKind.Thumb => RenditionSpec.Thumb,
        ObjectKind.Web => RenditionSpec.Web,
        ObjectKind.Print => RenditionSpec.Print,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static MadeRendition Made(ObjectKind kind, Rendition rendition) =>
        new(kind, rendition.Format == RenditionFormat.Webp ? "webp" : "jpeg", rendition.Width, rendition.Height, rendition.Bytes);
}
