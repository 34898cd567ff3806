using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Work;

/// <summary>How a worker decodes pictures.</summary>
public enum Decoding
{
    /// <summary>In children that own nothing.</summary>
    Sandboxed,

    /// <summary>Without a sandbox, because it was told to.</summary>
    Unsandboxed,

    /// <summary>Not at all: there is no sandbox.</summary>
    Off,
}

/// <summary>What a worker said of itself when it was seen last.</summary>
public sealed class WorkerSeen
{
    /// <summary>A sign is given every 5 seconds; after this time without one it is taken for dead.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public required string Node { get; init; }
    public Decoding Decoding { get; set; }

    /// <summary>Why no decoder starts; null where one did.</summary>
    public string? Trouble { get; set; }

    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset SeenAt { get; set; }
}

/// <summary>Where workers say that they live.</summary>
public sealed class WorkerSigns(RecordsDb db)
{
    /// <param name="starting">Whether this is the first sign since the worker started.</param>
    public Task GiveAsync(string node, Decoding decoding, string? trouble, bool starting, CancellationToken cancel)
    {
        var said = trouble?.Length > 500 ? trouble[..500] : trouble;
        return db.Database.ExecuteSqlAsync($"""
            insert into workers (node, decoding, trouble) values ({node}, {Words.Of(decoding)}, {said})
            on conflict (node) do update set decoding = excluded.decoding, trouble = excluded.trouble, seen_at = now(),
              started_at = case when {starting} then now() else workers.started_at end
            """, cancel);
    }

    /// <summary>It stops in order: nobody has to miss it.</summary>
    public Task EndAsync(string node, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"delete from workers where node = {node}", cancel);
}
