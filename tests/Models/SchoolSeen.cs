using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Models;

/// <summary>An audit entry as far as the model reads it.</summary>
internal sealed record EventSeen(string Event, Guid? Photo, string? Subject);

internal sealed record OrderSeen(Guid Id, Guid Photo, RemovalCause Cause, bool Open, bool Tombstoned, bool Done);

/// <summary>What is written about a school in records, keys and store, read at one time.</summary>
internal sealed record SchoolSeen
{
    public required DateTimeOffset Now { get; init; }
    public required long LastEntry { get; init; }
    public required IReadOnlyList<EventSeen> Events { get; init; }
    public required IReadOnlyDictionary<Guid, DateTimeOffset> Photos { get; init; }
    public required IReadOnlySet<Guid> Tombstones { get; init; }
    public required IReadOnlySet<Guid> Certificates { get; init; }
    public required IReadOnlyList<OrderSeen> Orders { get; init; }

    /// <summary>Copies outside that somebody has to take down: the removal by the publication.</summary>
    public required IReadOnlyDictionary<Guid, Guid> OpenCopies { get; init; }

    public required IReadOnlyList<(string Name, Guid Photo, ObjectKind Kind, bool Stored)> Objects { get; init; }
    public required IReadOnlyDictionary<Guid, (Guid? AskedBy, Guid? ReleasedBy)> Holds { get; init; }
    public required IReadOnlySet<Guid> Keys { get; init; }
    public required IReadOnlyDictionary<Guid, PhotoStanding> Standings { get; init; }

    public bool Has(Guid photo, ObjectKind kind) => Objects.Any(item => item.Photo == photo && item.Kind == kind && item.Stored);

    /// <param name="since">The audit entry after which events are read.</param>
    public static async Task<SchoolSeen> ReadAsync(ModelHouse house, Guid school, long since)
    {
        await using var batch = house.Records.Services.GetRequiredService<NpgsqlDataSource>().CreateBatch();
        foreach (var sql in new[]
        {
            "select now(), coalesce(max(id), 0) from audit_entries where school_id = $1",
            $"select event, photo_id, subject_id from audit_entries where school_id = $1 and id > {since} order by id",
            "select id, delete_after from photos where school_id = $1",
            "select photo_id from tombstones where school_id = $1",
            "select photo_id from certificates where school_id = $1",
            "select id, photo_id, cause, done_at is null, tombstoned_at is not null, done_at is not null from removals where school_id = $1 and place = 'store' and cancelled_at is null",
            "select publication_id, id from removals where school_id = $1 and place = 'publication' and cancelled_at is null and done_at is null",
            "select name, photo_id, kind, stored_at is not null from objects where school_id = $1",
            "select id, release_asked_by, released_by from holds where school_id = $1",
        })
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            command.Parameters.Add(new NpgsqlParameter { Value = school });
            batch.BatchCommands.Add(command);
        }
        await using var rows = await batch.ExecuteReaderAsync();
        var (now, last) = (await ListAsync(rows, row => (row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)), first: true))[0];
        var events = await ListAsync(rows, row => new EventSeen(row.GetString(0), Maybe(row, 1), row.IsDBNull(2) ? null : row.GetString(2)));
        var photos = (await ListAsync(rows, row => (Id: row.GetGuid(0), Until: row.GetFieldValue<DateTimeOffset>(1)))).ToDictionary(row => row.Id, row => row.Until);
        return new()
        {
            Now = now,
            LastEntry = last,
            Events = events,
            Photos = photos,
            Tombstones = (await ListAsync(rows, row => row.GetGuid(0))).ToHashSet(),
            Certificates = (await ListAsync(rows, row => row.GetGuid(0))).ToHashSet(),
            Orders = await ListAsync(rows, row => new OrderSeen(
                row.GetGuid(0), row.GetGuid(1), Words.Parse<RemovalCause>(row.GetString(2))!.Value, row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5))),
            OpenCopies = (await ListAsync(rows, row => (Copy: row.GetGuid(0), Order: row.GetGuid(1)))).ToDictionary(row => row.Copy, row => row.Order),
            Objects = await ListAsync(rows, row => (row.GetString(0), row.GetGuid(1), Words.Parse<ObjectKind>(row.GetString(2))!.Value, row.GetBoolean(3))),
            Holds = (await ListAsync(rows, row => (Id: row.GetGuid(0), Who: (Maybe(row, 1), Maybe(row, 2))))).ToDictionary(row => row.Id, row => row.Who),
            Keys = await KeysAsync(house, school, "photo"),
            Standings = photos.Count == 0 ? new Dictionary<Guid, PhotoStanding>()
                : await house.Clean.RunAsync((PhotoStandings standings) => standings.ReadAsync(school, [.. photos.Keys], CancellationToken.None)),
        };
    }

    /// <summary>Whose keys the key store has: <c>photo</c>, <c>pupil</c> or <c>publication</c>.</summary>
    public static async Task<IReadOnlySet<Guid>> KeysAsync(ModelHouse house, Guid school, string of)
    {
        await using var command = house.Records.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase)
            .CreateCommand($"select {of}_id from {of}_keys where school_id = $1");
        command.Parameters.AddWithValue(school);
        await using var rows = await command.ExecuteReaderAsync();
        return (await ListAsync(rows, row => row.GetGuid(0), first: true)).ToHashSet();
    }

    private static async Task<List<T>> ListAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, bool first = false)
    {
        if (!first) await rows.NextResultAsync();
        var list = new List<T>();
        while (await rows.ReadAsync()) list.Add(read(rows));
        return list;
    }

    private static Guid? Maybe(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);
}
