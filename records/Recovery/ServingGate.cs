using Npgsql;
using NpgsqlTypes;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>Whether the records may be served from.</summary>
public enum GateState
{
    Open,

    /// <summary>The ledger has not been replayed into them yet.</summary>
    Replaying,

    /// <summary>Two people have to say that they may serve.</summary>
    AwaitingApproval,
}

/// <summary>What stands between the records and whoever asks.</summary>
/// <param name="Why">Null while the gate is open.</param>
/// <param name="Restore">The restore that is under way; null where none was begun yet.</param>
public sealed record GateSeen(GateState State, RestoreWhy? Why, Guid? Restore);

/// <summary>
/// Holds the records against the ledger, which lies outside every backup and every copy of the database (field/reliability.md, I5, I11,
/// I29): records that know less than the ledger were restored, by whatever means, and what was deleted or withdrawn since would
/// come back. Nothing is served, sealed or worked on until they have been told.
/// </summary>
public sealed class ServingGate(NpgsqlDataSource database, PhotoGuardSettings settings)
{
    private readonly LedgerTail tail = new(settings.Ledger);
    private readonly Lock turn = new();

    /// <summary>Looks at ledger and records.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked: then nothing may be served either.</exception>
    public async Task<GateSeen> LookAsync(CancellationToken cancel)
    {
        // The marks before the file, and the file before the chain: each is written after the one that is read after it.
        var marks = await OwnMarksAsync(cancel);
        var files = Heads();
        var seen = await AgainstRecordsAsync(files, cancel);
        return seen.State == GateState.Open && IsShort(files.GetValueOrDefault(settings.LedgerFile) ?? [], marks)
            ? new(GateState.AwaitingApproval, RestoreWhy.LedgerLost, null)
            : seen;
    }

    /// <summary>Looks once more, after the reading and before the sending: one statement, so that whatever came into the records before it is
    /// seen.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked: then what was read is not sent.</exception>
    public Task<GateSeen> LookAgainAsync(CancellationToken cancel) => AgainstRecordsAsync(Heads(), cancel);

    private IReadOnlyDictionary<string, Dictionary<Guid, LedgerHead>> Heads()
    {
        lock (turn) return tail.Look();
    }

    /// <summary>A restore under way; else, every head of the ledger has to be a position of the chain, or lie in a stretch that a replay has bridged.</summary>
    private async Task<GateSeen> AgainstRecordsAsync(IReadOnlyDictionary<string, Dictionary<Guid, LedgerHead>> files, CancellationToken cancel)
    {
        var heads = files.Values.SelectMany(file => file.Values).ToList();
        await using var select = database.CreateCommand("""
            select id, why, state from restores where state <> 'done'
            union all (
              select null, case when seal.position is null then 'olderThanLedger' else 'contradictsLedger' end, null
              from unnest($1, $2, $3) as told (school, position, digest)
              left join audit_seals seal on seal.school_id = told.school and seal.position = told.position
              where seal.digest is distinct from told.digest
                and not exists (
                  select from audit_bridges bridge where bridge.school_id = told.school
                    and bridge.after_position < told.position and (told.position < bridge.position or bridge.position = told.position and bridge.digest = told.digest))
              order by 2 limit 1)
            """);
        select.Parameters.AddWithValue(heads.Select(head => head.School).ToArray());
        select.Parameters.AddWithValue(heads.Select(head => head.To).ToArray());
        select.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = heads.Select(head => Convert.FromHexString(head.Digest)).ToArray() });
        await using var row = await select.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel)) return new(GateState.Open, null, null);
        var why = Words.Parse<RestoreWhy>(row.GetString(1))!.Value;
        return row.IsDBNull(0)
            ? new(why == RestoreWhy.OlderThanLedger ? GateState.Replaying : GateState.AwaitingApproval, why, null)
            : new(row.GetString(2) == Words.Of(RestoreState.Replaying) ? GateState.Replaying : GateState.AwaitingApproval, why, row.GetGuid(0));
    }

    /// <summary>How far this node has told the ledger, by the records.</summary>
    private async Task<List<(Guid School, long Position)>> OwnMarksAsync(CancellationToken cancel)
    {
        await using var select = database.CreateCommand("select school_id, position from ledger_marks where node = $1");
        select.Parameters.AddWithValue(settings.Node);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        var marks = new List<(Guid, long)>();
        while (await rows.ReadAsync(cancel)) marks.Add((rows.GetGuid(0), rows.GetInt64(1)));
        return marks;
    }

    /// <summary>Whether this node has told more than its file holds. Other nodes' files may lie on other machines.</summary>
    private static bool IsShort(Dictionary<Guid, LedgerHead> file, List<(Guid School, long Position)> marks) =>
        marks.Exists(mark => !file.TryGetValue(mark.School, out var head) || head.To < mark.Position);
}
